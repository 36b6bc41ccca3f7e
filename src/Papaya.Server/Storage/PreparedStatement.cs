using System.Buffers;
using System.Collections;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Papaya.Server.Storage;

/// <summary>One compiled SQLite statement: bind, step, reset, and over again. Columns and parameters are text and bigint only.</summary>
internal sealed class PreparedStatement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;
    private readonly string[] _parameters;
    private readonly bool _isReadOnly;
    private string[]? _columns;
    private Type?[]? _declared;

    private PreparedStatement(sqlite3 db, sqlite3_stmt statement, string sql)
    {
        (_db, _statement, Sql) = (db, statement, sql);
        _parameters = new string[raw.sqlite3_bind_parameter_count(statement)];
        for (var i = 0; i < _parameters.Length; i++)
        {
            _parameters[i] = raw.sqlite3_bind_parameter_name(statement, i + 1).utf8_to_string()?.TrimStart('@')
                ?? throw new ArgumentException($"A parameter has no name: {sql}", nameof(sql));
        }

        _isReadOnly = raw.sqlite3_stmt_readonly(statement) != 0;
        ColumnCount = raw.sqlite3_column_count(statement);
    }

    public string Sql { get; }

    public int ColumnCount { get; }

    public static PreparedStatement Prepare(sqlite3 db, string sql)
    {
        var rc = raw.sqlite3_prepare_v2(db, sql, out var statement, out var rest);
        SqliteException.ThrowExceptionForRC(rc, db);
        if (rest.AsSpan().Trim().TrimEnd(';').Length > 0)
        {
            statement.Dispose();
            throw new ArgumentException($"One statement at a time; a script runs through RunScriptAsync: {sql}", nameof(sql));
        }

        return new PreparedStatement(db, statement, sql);
    }

    public void Bind(List<PlainParameter> given)
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            // Dapper hands parameters over in the order in which the text first mentions few of them; a short search finds the rest.
            var name = _parameters[i];
            var parameter = i < given.Count && Is(given[i], name) ? given[i] : given.Find(p => Is(p, name));
            if (parameter is null)
            {
                throw new InvalidOperationException($"@{name} has no value; parameters are written exactly like their properties: {Sql}");
            }

            SqliteException.ThrowExceptionForRC(Bind(i + 1, parameter.Value), _db);
        }

        static bool Is(PlainParameter parameter, string name) => string.Equals(parameter.ParameterName, name, StringComparison.Ordinal);
    }

    /// <summary>True when there is a row to look at.</summary>
    public bool Step()
    {
        var rc = raw.sqlite3_step(_statement);
        if (rc == raw.SQLITE_ROW)
        {
            return true;
        }

        if (rc == raw.SQLITE_DONE)
        {
            return false;
        }

        try
        {
            SqliteException.ThrowExceptionForRC(rc, _db);
            throw new InvalidOperationException($"SQLite answered {rc}.");
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs to the end and counts the rows that changed.</summary>
    public int Execute()
    {
        while (Step())
        {
        }

        var changes = _isReadOnly ? -1 : raw.sqlite3_changes(_db);
        Reset();
        return changes;
    }

    // What reset returns repeats the error of the last step, which was thrown there.
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public string Name(int column) => Columns[column];

    public int Ordinal(string name) => Array.FindIndex(Columns, column => string.Equals(column, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>By declaration where the column is a table's, else by the value of the current row.</summary>
    public Type TypeOf(int column)
    {
        if (_declared is null)
        {
            _declared = new Type?[ColumnCount];
            for (var i = 0; i < ColumnCount; i++)
            {
                _declared[i] = raw.sqlite3_column_decltype(_statement, i).utf8_to_string()?.ToLowerInvariant() switch
                {
                    "bigint" => typeof(long),
                    "text" => typeof(string),
                    _ => null,
                };
            }
        }

        return _declared[column] ?? raw.sqlite3_column_type(_statement, column) switch
        {
            raw.SQLITE_INTEGER => typeof(long),
            raw.SQLITE_TEXT => typeof(string),
            _ => typeof(object),
        };
    }

    public object Value(int column) => raw.sqlite3_column_type(_statement, column) switch
    {
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(_statement, column),
        raw.SQLITE_TEXT => raw.sqlite3_column_text(_statement, column).utf8_to_string(),
        raw.SQLITE_NULL => DBNull.Value,
        var other => throw new NotSupportedException($"Column {Name(column)} is of SQLite's type {other}; columns are text and bigint only."),
    };

    public void Dispose() => _statement.Dispose();

    private string[] Columns
    {
        get
        {
            if (_columns is null)
            {
                _columns = new string[ColumnCount];
                for (var i = 0; i < ColumnCount; i++)
                {
                    _columns[i] = raw.sqlite3_column_name(_statement, i).utf8_to_string();
                }
            }

            return _columns;
        }
    }

    private int Bind(int place, object? value) => value switch
    {
        null or DBNull => raw.sqlite3_bind_null(_statement, place),
        string text => BindText(place, text),
        long number => raw.sqlite3_bind_int64(_statement, place, number),
        int number => raw.sqlite3_bind_int64(_statement, place, number),
        bool truth => raw.sqlite3_bind_int64(_statement, place, truth ? 1 : 0),
        _ => throw new NotSupportedException($"A {value.GetType().Name} is neither text nor bigint: {Sql}"),
    };

    private int BindText(int place, string text)
    {
        if (text.Length == 0)
        {
            return raw.sqlite3_bind_text(_statement, place, text); // An empty span would be bound as null.
        }

        const int onStack = 512;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        var bytes = most <= onStack ? stackalloc byte[onStack] : rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            // SQLite copies the bytes before this returns.
            return raw.sqlite3_bind_text(_statement, place, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }
}

/// <summary>What Dapper needs of a reader. The first row is fetched at once, so that errors show where the statement is run.</summary>
internal sealed class PreparedReader : DbDataReader
{
    private readonly PreparedStatement _statement;
    private readonly bool _hasRows;
    private bool _onFirst;
    private bool _isDone;
    private bool _isClosed;

    public PreparedReader(PreparedStatement statement)
    {
        _statement = statement;
        _hasRows = _onFirst = statement.Step();
        if (!_hasRows)
        {
            // A finished statement starts over when it is stepped again.
            _statement.Reset();
            _isDone = true;
        }
    }

    public override int Depth => 0;

    public override int FieldCount => _statement.ColumnCount;

    public override bool HasRows => _hasRows;

    public override bool IsClosed => _isClosed;

    public override int RecordsAffected => -1;

    public override object this[int ordinal] => _statement.Value(ordinal);

    public override object this[string name] => _statement.Value(GetOrdinal(name));

    public override bool Read()
    {
        if (_onFirst)
        {
            _onFirst = false;
            return true;
        }

        if (_isDone)
        {
            return false;
        }

        if (_statement.Step())
        {
            return true;
        }

        _isDone = true;
        return false;
    }

    public override bool NextResult() => false;

    public override void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _statement.Reset();
        }
    }

    public override string GetName(int ordinal) => _statement.Name(ordinal);

    public override int GetOrdinal(string name) => _statement.Ordinal(name) is >= 0 and var ordinal ? ordinal : throw new ArgumentOutOfRangeException(nameof(name), name, "No such column.");

    public override Type GetFieldType(int ordinal) => _statement.TypeOf(ordinal);

    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal) == typeof(long) ? "bigint" : "text";

    public override object GetValue(int ordinal) => _statement.Value(ordinal);

    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, FieldCount);
        for (var i = 0; i < count; i++)
        {
            values[i] = GetValue(i);
        }

        return count;
    }

    public override bool IsDBNull(int ordinal) => GetValue(ordinal) is DBNull;

    public override long GetInt64(int ordinal) => (long)GetValue(ordinal);

    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));

    public override short GetInt16(int ordinal) => checked((short)GetInt64(ordinal));

    public override byte GetByte(int ordinal) => checked((byte)GetInt64(ordinal));

    public override bool GetBoolean(int ordinal) => GetInt64(ordinal) != 0;

    public override string GetString(int ordinal) => (string)GetValue(ordinal);

    public override decimal GetDecimal(int ordinal) => Convert.ToDecimal(GetValue(ordinal), CultureInfo.InvariantCulture);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw TextAndBigintOnly();

    public override char GetChar(int ordinal) => throw TextAndBigintOnly();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw TextAndBigintOnly();

    public override DateTime GetDateTime(int ordinal) => throw TextAndBigintOnly();

    public override double GetDouble(int ordinal) => throw TextAndBigintOnly();

    public override float GetFloat(int ordinal) => throw TextAndBigintOnly();

    public override Guid GetGuid(int ordinal) => throw TextAndBigintOnly();

    public override IEnumerator GetEnumerator() => throw new NotSupportedException();

    private static NotSupportedException TextAndBigintOnly() => new("Columns are text and bigint only.");
}
