using System.Collections;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Papaya.Server.Storage;

/// <summary>
/// A SQLite connection whose statements stay prepared. Microsoft.Data.Sqlite keeps prepared statements inside a command object and looks
/// parameters up by name at every call, and Dapper makes a new command for every call; here statements are looked up by their text and know
/// their parameters' places. Used by one thread at a time.
/// </summary>
internal sealed class PreparedConnection(SqliteConnection inner) : DbConnection
{
    // Texts come from source code; only expanded "in (…)" lists vary. A full cache stops growing and the rest is prepared anew.
    private const int MostTexts = 1_000;

    private readonly Dictionary<string, PreparedStatement> _idle = new(StringComparer.Ordinal);

    public SqliteConnection Inner => inner;

    [AllowNull]
    public override string ConnectionString { get; set; } = inner.ConnectionString;

    public override string Database => "main";

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    /// <summary>Runs a statement without parameters.</summary>
    public void Run(string sql)
    {
        var statement = Rent(sql);
        try
        {
            statement.Execute();
        }
        finally
        {
            Return(statement);
        }
    }

    internal PreparedStatement Rent(string sql) =>
        _idle.Remove(sql, out var statement) ? statement : PreparedStatement.Prepare(inner.Handle!, sql); // Open for as long as this object lives.

    internal void Return(PreparedStatement statement)
    {
        statement.Reset();
        if (_idle.Count >= MostTexts || !_idle.TryAdd(statement.Sql, statement))
        {
            statement.Dispose();
        }
    }

    public override void Open() => inner.Open();

    public override void Close()
    {
        foreach (var statement in _idle.Values)
        {
            statement.Dispose();
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
    private PreparedStatement? _rented;

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

    public override int ExecuteNonQuery()
    {
        var changes = Bound().Execute();
        Release();
        return changes;
    }

    public override object? ExecuteScalar()
    {
        var statement = Bound();
        var value = statement.Step() && statement.ColumnCount > 0 ? statement.Value(0) : null;
        Release();
        return value;
    }

    public override void Prepare()
    {
    }

    protected override DbParameter CreateDbParameter() => new PlainParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => new PreparedReader(Bound());

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Release();
        }

        base.Dispose(disposing);
    }

    private void Release()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            connection.Return(rented);
        }
    }

    private PreparedStatement Bound()
    {
        Release();
        _rented = connection.Rent(CommandText);
        _rented.Bind(_parameters.List);
        return _rented;
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
