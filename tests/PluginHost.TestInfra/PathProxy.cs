namespace PluginHost.TestInfra;

/// <summary>nginx on loopback that shows a server under a path of its own, configured as people configure it.</summary>
public sealed class PathProxy : IDisposable
{
    private readonly Server _nginx;

    /// <param name="folder">Where nginx keeps its files.</param>
    /// <param name="path">The path, such as /ops.</param>
    /// <param name="target">The server behind it.</param>
    /// <param name="keepsPath">Whether requests reach the server with the path; if not, it is told of it by X-Forwarded-Prefix.</param>
    public PathProxy(string folder, string path, Uri target, bool keepsPath)
    {
        var program = Requires.Program("nginx", "nginx");
        folder = Directory.CreateDirectory(folder).FullName;
        var port = Server.FreePort();
        Address = new Uri($"http://127.0.0.1:{port}{path}/");
        var configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            daemon off;
            master_process off;
            pid "{{folder}}/nginx.pid";
            error_log "{{folder}}/error.log";
            events {}
            http {
              access_log off;
              client_body_temp_path "{{folder}}/body";
              proxy_temp_path "{{folder}}/proxy";
              fastcgi_temp_path "{{folder}}/fastcgi";
              uwsgi_temp_path "{{folder}}/uwsgi";
              scgi_temp_path "{{folder}}/scgi";
              server {
                listen 127.0.0.1:{{port}};
                location {{path}}/ {
                  proxy_pass {{target.GetLeftPart(UriPartial.Authority)}}{{(keepsPath ? "" : "/")}};
                  proxy_set_header Host $http_host;
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  proxy_set_header X-Forwarded-Proto $scheme;
                  {{(keepsPath ? "" : $"proxy_set_header X-Forwarded-Prefix {path};")}}
                }
              }
            }
            """);
        _nginx = Server.Start(() => Server.Answers(port), Path.Combine(folder, "nginx.log"), program, "-e", Path.Combine(folder, "error.log"), "-p", folder, "-c", configuration);
    }

    /// <summary>Where callers reach the server's root.</summary>
    public Uri Address { get; }

    public void Dispose() => _nginx.Dispose();
}
