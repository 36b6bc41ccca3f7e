using System.Reflection;
using Papaya.Server;

namespace Papaya.Cli.Up;

/// <summary>Reads the server's settings: file first, then the environment.</summary>
internal static class Settings
{
    private const string Prefix = "PAPAYA__";

    public static PapayaServerOptions Read(string file, bool mustExist)
    {
        if (mustExist && !File.Exists(file))
        {
            throw new CommandFailedException($"There is no {file}. docs/reference/configuration.md shows one to start from.");
        }

        try
        {
            var configuration = new ConfigurationBuilder()
                .AddJsonFile(Path.GetFullPath(file), optional: true, reloadOnChange: false)
                .AddEnvironmentVariables(Prefix)
                .Build();
            var options = new PapayaServerOptions();
            configuration.Bind(options);
            if (Unknown(configuration, typeof(PapayaServerOptions)).FirstOrDefault() is { } path)
            {
                throw new CommandFailedException($"{file}: '{path}' is not a setting. Remove it or correct its spelling; docs/reference/configuration.md lists all.");
            }

            if (Environment.GetEnvironmentVariable(UpCommand.ApiKeyVariable) is { Length: > 0 } key)
            {
                options.ApiKeys.Add(key);
            }

            return options;
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or InvalidDataException or FormatException)
        {
            throw new CommandFailedException($"{file}: {wrong.Message}{(wrong.InnerException is { } inner ? " " + inner.Message : "")}");
        }
    }

    /// <summary>
    /// A misspelt setting is a setting that silently does not count. The binder's own check compares the names of the C# properties, not of the
    /// settings, so this one looks at the attribute that carries the setting's name.
    /// </summary>
    private static IEnumerable<string> Unknown(IConfiguration here, Type type)
    {
        foreach (var child in here.GetChildren())
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
            {
                foreach (var inner in Unknown(child, type.GetGenericArguments()[0]))
                {
                    yield return inner;
                }

                continue;
            }

            var property = type.GetProperties().FirstOrDefault(candidate =>
                string.Equals(candidate.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? candidate.Name, child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                yield return child.Path.Replace(':', '.');
            }
            else if (property.PropertyType != typeof(string) && property.PropertyType.IsClass)
            {
                foreach (var inner in Unknown(child, property.PropertyType))
                {
                    yield return inner;
                }
            }
        }
    }
}
