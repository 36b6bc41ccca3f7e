using System.Collections;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Papaya.Server.Storage;

/// <summary>
/// A SQLite connection whose statements stay prepared. Microsoft.Data.Sqlite keeps prepared statements inside a command object and
/// Dapper makes a new command for every call, so each call would compile its SQL again; here commands are looked up by their text.
/// Used by one thread at a time.
/// </summary>
internal sealed class PreparedConnection(SqliteConnection inner) : DbConnection
{
    // Texts come from source code; only expanded "in (…)" lists vary. A full cache stops growing and the rest is prepared anew.
    private const int MostTexts = 1_000;

    private readonly Dictionary<string, SqliteCommand> _idle = new(StringComparer.Ordinal);

    public SqliteConnection Inner => inner;

    [AllowNull]
    public override string ConnectionString { get; set; } = inner.ConnectionString;

    public override string Database => "main";

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    public void Run(string sql)
    {
        using var command = CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal SqliteCommand Rent(string sql)
    {
        if (_idle.Remove(sql, out var command))
        {
            return command;
        }

        command = inner.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    internal void Return(SqliteCommand command)
    {
        if (_idle.Count >= MostTexts || !_idle.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    public override void Open() => inner.Open();

    public override void Close()
    {
        foreach (var command in _idle.Values)
        {
            command.Dispose();
        }

        _idle.Clear();
        inner.Close();
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => new PreparedCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

internal sealed class PreparedCommand(PreparedConnection connection) : DbCommand
{
    private readonly PlainParameters _parameters = new();
    private SqliteCommand? _rented;

    [AllowNull]
    public override string CommandText { get; set; } = "";

    public override int CommandTimeout { get; set; } = 30;

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    [AllowNull]
    protected override DbConnection DbConnection { get; set; } = connection;

    protected override DbParameterCollection DbParameterCollection => _parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel()
    {
    }

    public override int ExecuteNonQuery() => Bound().ExecuteNonQuery();

    public override object? ExecuteScalar() => Bound().ExecuteScalar();

    public override void Prepare()
    {
    }

    protected override DbParameter CreateDbParameter() => new PlainParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Bound().ExecuteReader(behavior);

    protected override void Dispose(bool disposing)
    {
        if (disposing && _rented is { } rented)
        {
            _rented = null;
            connection.Return(rented);
        }

        base.Dispose(disposing);
    }

    private SqliteCommand Bound()
    {
        if (_rented is { } earlier)
        {
            connection.Return(earlier);
        }

        var command = _rented = connection.Rent(CommandText);
        var wanted = _parameters.List;
        var bound = command.Parameters;
        if (!SameNames(wanted, bound))
        {
            bound.Clear();
            foreach (var parameter in wanted)
            {
                bound.Add(new SqliteParameter { ParameterName = parameter.SqlName });
            }
        }

        for (var i = 0; i < wanted.Count; i++)
        {
            bound[i].Value = wanted[i].Value ?? DBNull.Value;
        }

        return command;
    }

    private static bool SameNames(List<PlainParameter> wanted, SqliteParameterCollection bound)
    {
        if (wanted.Count != bound.Count)
        {
            return false;
        }

        for (var i = 0; i < wanted.Count; i++)
        {
            var (plain, there) = (wanted[i].ParameterName, bound[i].ParameterName);
            if (there.Length != plain.Length + 1 || !there.AsSpan(1).SequenceEqual(plain))
            {
                return false;
            }
        }

        return true;
    }
}

internal sealed class PlainParameter : DbParameter
{
    private string _name = "";

    public override DbType DbType { get; set; }

    public override ParameterDirection Direction { get; set; } = ParameterDirection.Input;

    public override bool IsNullable { get; set; } = true;

    [AllowNull]
    public override string ParameterName
    {
        get => _name;
        set => _name = value is ['@', .. var rest] ? rest : value ?? "";
    }

    public string SqlName => "@" + _name;

    public override int Size { get; set; }

    [AllowNull]
    public override string SourceColumn { get; set; } = "";

    public override bool SourceColumnNullMapping { get; set; }

    public override object? Value { get; set; }

    public override void ResetDbType()
    {
    }
}

internal sealed class PlainParameters : DbParameterCollection
{
    public List<PlainParameter> List { get; } = [];

    public override int Count => List.Count;

    public override object SyncRoot => List;

    public override int Add(object value)
    {
        List.Add((PlainParameter)value);
        return List.Count - 1;
    }

    public override void AddRange(Array values)
    {
        foreach (var value in values)
        {
            Add(value!);
        }
    }

    public override void Clear() => List.Clear();

    public override bool Contains(object value) => List.Contains((PlainParameter)value);

    public override bool Contains(string value) => IndexOf(value) >= 0;

    public override void CopyTo(Array array, int index) => ((ICollection)List).CopyTo(array, index);

    public override IEnumerator GetEnumerator() => List.GetEnumerator();

    public override int IndexOf(object value) => List.IndexOf((PlainParameter)value);

    public override int IndexOf(string parameterName)
    {
        var plain = parameterName.TrimStart('@');
        return List.FindIndex(p => string.Equals(p.ParameterName, plain, StringComparison.Ordinal));
    }

    public override void Insert(int index, object value) => List.Insert(index, (PlainParameter)value);

    public override void Remove(object value) => List.Remove((PlainParameter)value);

    public override void RemoveAt(int index) => List.RemoveAt(index);

    public override void RemoveAt(string parameterName) => List.RemoveAt(IndexOf(parameterName));

    protected override DbParameter GetParameter(int index) => List[index];

    protected override DbParameter GetParameter(string parameterName) => List[IndexOf(parameterName)];

    protected override void SetParameter(int index, DbParameter value) => List[index] = (PlainParameter)value;

    protected override void SetParameter(string parameterName, DbParameter value) => List[IndexOf(parameterName)] = (PlainParameter)value;
}
