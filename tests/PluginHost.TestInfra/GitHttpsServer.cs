using System.Security.Cryptography;
using System.Text;

namespace PluginHost.TestInfra;

/// <summary>git's own <c>git http-backend</c> behind nginx on loopback: TLS, and a user and a token to get in.</summary>
/// <remarks>
/// <c>/private/…</c> asks for credentials, <c>/moved/…</c> leads on to it; <c>/away/…</c> leads on to another server, and
/// <c>/away-when-known/…</c> does so after it has asked for credentials.
/// </remarks>
public sealed class GitHttpsServer : IDisposable
{
    private readonly string _folder;
    private readonly string _root;
    private readonly string _nginx;
    private readonly string _fcgiwrap;
    private Server? _backend;
    private Server? _front;

    /// <param name="folder">Where the server keeps its files; short, for it holds a socket.</param>
    /// <param name="root">The folder of the repositories.</param>
    /// <param name="certificates">Who vouches for it.</param>
    /// <param name="elsewhere">The address of the other server.</param>
    public GitHttpsServer(string folder, string root, TestCertificates certificates, string elsewhere = "https://example.invalid")
    {
        _nginx = Requires.Program("nginx", "nginx");
        _fcgiwrap = Requires.Program("fcgiwrap", "fcgiwrap");
        _folder = Directory.CreateDirectory(folder).FullName;
        _root = root;
        Port = Server.FreePort();
        certificates.Issue(Path.Combine(_folder, "server.pem"), Path.Combine(_folder, "server.key"));
        File.WriteAllText(Path.Combine(_folder, "nginx.conf"), Configuration(elsewhere));
        SetToken("git", "right-token");
        Start();
    }

    public int Port { get; }

    public string Address => $"https://127.0.0.1:{Port}";

    /// <summary>What was asked since the last call: status, user of the credentials or '-', method and path.</summary>
    public IReadOnlyList<string> TakeRequests()
    {
        // nginx writes a line when the answer is out, which can be a moment after the client has read it.
        var log = Path.Combine(_folder, "access.log");
        using var client = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
        var mark = $"/mark/{Guid.NewGuid():N}";
        using var answer = client.GetAsync(new Uri(Address + mark)).GetAwaiter().GetResult();
        var lines = new List<string>();
        while (!lines.Exists(line => line.Contains(mark, StringComparison.Ordinal)))
        {
            lines = [.. File.ReadAllLines(log)];
        }

        var last = lines.FindLastIndex(line => line.Contains("/mark/", StringComparison.Ordinal) && !line.Contains(mark, StringComparison.Ordinal));
        return [.. lines.Skip(last + 1).Where(line => !line.Contains("/mark/", StringComparison.Ordinal))];
    }

    public void SetToken(string user, string token)
    {
        var salt = RandomNumberGenerator.GetBytes(8);

        // The format of the password file, not a choice of ours.
#pragma warning disable CA5350
        var hash = SHA1.HashData([.. Encoding.UTF8.GetBytes(token), .. salt]);
#pragma warning restore CA5350
        File.WriteAllText(Path.Combine(_folder, "users"), $"{user}:{{SSHA}}{Convert.ToBase64String([.. hash, .. salt])}\n");
    }

    public void Start()
    {
        var socket = Path.Combine(_folder, "cgi");
        _backend = Server.Start(() => File.Exists(socket), Path.Combine(_folder, "cgi.log"), _fcgiwrap, "-f", "-s", $"unix:{socket}");
        _front = Server.Start(() => Server.Answers(Port), Path.Combine(_folder, "nginx.log"), _nginx, "-e", Path.Combine(_folder, "error.log"), "-p", _folder, "-c", Path.Combine(_folder, "nginx.conf"));
    }

    public void Stop()
    {
        _front?.Dispose();
        _backend?.Dispose();
        _front = null;
        _backend = null;
        File.Delete(Path.Combine(_folder, "cgi"));
    }

    public void Dispose() => Stop();

    private string Configuration(string elsewhere) => $$"""
        daemon off;
        master_process off;
        pid "{{_folder}}/nginx.pid";
        error_log "{{_folder}}/error.log";
        events {}
        http {
          log_format short "$status $remote_user $request_method $request_uri";
          access_log "{{_folder}}/access.log" short;
          client_body_temp_path "{{_folder}}/body";
          proxy_temp_path "{{_folder}}/proxy";
          fastcgi_temp_path "{{_folder}}/fastcgi";
          uwsgi_temp_path "{{_folder}}/uwsgi";
          scgi_temp_path "{{_folder}}/scgi";
          server {
            listen 127.0.0.1:{{Port}} ssl;
            ssl_certificate "{{_folder}}/server.pem";
            ssl_certificate_key "{{_folder}}/server.key";
            location /private/ {
              auth_basic "git";
              auth_basic_user_file "{{_folder}}/users";
              fastcgi_pass "unix:{{_folder}}/cgi";
              fastcgi_param SCRIPT_FILENAME "{{Command.Run("/", "git", "--exec-path")}}/git-http-backend";
              fastcgi_param GIT_PROJECT_ROOT "{{_root}}";
              fastcgi_param GIT_HTTP_EXPORT_ALL 1;
              fastcgi_param PATH_INFO $git_path;
              fastcgi_param REQUEST_METHOD $request_method;
              fastcgi_param QUERY_STRING $query_string;
              fastcgi_param CONTENT_TYPE $content_type;
              fastcgi_param CONTENT_LENGTH $content_length;
              fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
              fastcgi_param HTTP_GIT_PROTOCOL $http_git_protocol;
              fastcgi_param REMOTE_USER $remote_user;
              fastcgi_param REMOTE_ADDR $remote_addr;
              fastcgi_param HOME "{{_folder}}";
            }
            location /moved/ { rewrite ^/moved/(.*)$ /private/$1 permanent; }
            location /away/ { rewrite ^/away/(.*)$ {{elsewhere}}/private/$1 permanent; }
            location /away-when-known/ {
              auth_basic "git";
              auth_basic_user_file "{{_folder}}/users";
              try_files /nothing @away;
            }
            location @away { rewrite ^/away-when-known/(.*)$ {{elsewhere}}/private/$1 permanent; }
            location /mark/ { return 204; }
          }
          map $uri $git_path { ~^/private(?<path>/.*)$ $path; }
        }
        """;
}
