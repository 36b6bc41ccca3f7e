using Papaya.Cli;

namespace Papaya.World.Tests.CommandLine;

public sealed class SignCommandTests : IDisposable
{
    // WeChat's published example (vectors S-01 and S-02) and its documentation key.
    private const string Key = "192006250b4c09247ec02edce69f6a2d";
    private const string Md5 = "9A0A8659F005D6984697E2CA0A9CF3B7";
    private const string Hmac = "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6";

    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("papaya-").FullName, "message.xml");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task Explain_shows_the_string_to_sign_with_the_key_masked_and_both_signatures()
    {
        Write(Md5);
        Assert.Equal(0, await RunAsync("sign", "explain", _file, "--key", Key));
        var said = _output.ToString();
        Assert.Contains("appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&key=***", said, StringComparison.Ordinal);
        Assert.Contains(Md5, said, StringComparison.Ordinal);
        Assert.Contains(Hmac, said, StringComparison.Ordinal);
        Assert.Contains("the sign fits (MD5)", said, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, said + _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_names_the_first_difference()
    {
        Write(Md5[..5] + "0" + Md5[6..]);
        Assert.Equal(0, await RunAsync("sign", "explain", _file, "--key", Key));
        Assert.Contains("differs from position 6 on", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_succeeds_only_for_a_sign_that_fits()
    {
        Write(Hmac);
        Assert.Equal(0, await RunAsync("verify", _file, "--key", Key));
        Write(Md5.Replace('9', '8'));
        Assert.Equal(1, await RunAsync("verify", _file, "--key", Key));
        Assert.Contains("sign explain", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<xml><sign>x</sign>")]
    [InlineData("not xml")]
    [InlineData("<!DOCTYPE xml><xml/>")]
    public async Task A_file_that_is_no_message_gets_a_clear_error(string content)
    {
        await File.WriteAllTextAsync(_file, content);
        Assert.Equal(1, await RunAsync("verify", _file, "--key", Key));
        Assert.Contains("is not a V2 message", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_usage_has_its_own_exit_code_and_goes_to_the_error_stream()
    {
        Assert.Equal(2, await RunAsync("verify"));
        Assert.Equal(2, await RunAsync("no-such-command"));
        Assert.Equal(1, await RunAsync("verify", Path.Combine(Path.GetDirectoryName(_file)!, "absent.xml"), "--key", Key));
        Assert.Empty(_output.ToString());
        Assert.NotEmpty(_error.ToString());
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    private Task<int> RunAsync(params string[] args) => PapayaCommand.RunAsync(args, _output, _error);

    private void Write(string sign) => File.WriteAllText(_file, $"""
        <xml>
          <appid>wxd930ea5d5a258f4f</appid><mch_id>10000100</mch_id><device_info>1000</device_info>
          <body><![CDATA[test]]></body><nonce_str>ibuaiVcKdpRxkhJA</nonce_str><sign>{sign}</sign>
        </xml>
        """);
}
