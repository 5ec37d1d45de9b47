using System.Collections.Concurrent;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Polly;
using Polly.Retry;

namespace PluginHost.Probes.Cured;

// These would keep their version in memory, if the host did nothing about it.

public sealed class Json : Probe
{
    protected override void Do() => JsonSerializer.Deserialize<Order>(JsonSerializer.Serialize(new Order(1, Size.Large)));
}

public sealed class JsonWithOwnOptions : Probe
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    protected override void Do() => JsonSerializer.Deserialize<Order>(JsonSerializer.Serialize(new Order(1, Size.Large), Options), Options);
}

public sealed class JsonOfAnAnonymousType : Probe
{
    protected override void Do() => JsonSerializer.Serialize(new { A = new Order(1, Size.Large) });
}

public sealed class Converters : Probe
{
    protected override void Do()
    {
        TypeDescriptor.GetConverter(typeof(Size)).ConvertFromInvariantString("Large");
        TypeDescriptor.GetConverter(typeof(List<Order>));
        TypeDescriptor.GetConverter(typeof(Order[]));
    }
}

public sealed class Descriptors : Probe
{
    protected override void Do()
    {
        TypeDescriptor.GetProperties(typeof(Order));
        TypeDescriptor.GetProperties(new Described());
        TypeDescriptor.GetAttributes(new Described());
        TypeDescriptor.GetEvents(typeof(Described));
    }

    [TypeConverter(typeof(Own)), Description("x")]
    private sealed class Described
    {
        [Description("y")] public int A { get; set; }

        public event EventHandler? Changed { add { } remove { } }
    }

    private sealed class Own : TypeConverter;
}

public sealed class Validates : Probe
{
    protected override void Do()
    {
        var value = new Checked();
        Validator.TryValidateObject(value, new ValidationContext(value), [], validateAllProperties: true);
    }

    private sealed class Checked
    {
        [Required, Own] public string? Name { get; set; }
    }

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class OwnAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => false;
    }
}

public sealed class NewtonsoftJson : Probe
{
    protected override void Do() =>
        Newtonsoft.Json.JsonConvert.DeserializeObject<Order>(Newtonsoft.Json.JsonConvert.SerializeObject(new Order(1, Size.Large), new Newtonsoft.Json.Converters.StringEnumConverter()));
}

public sealed class Retries : Probe
{
    protected override void Do()
    {
        var pipeline = new ResiliencePipelineBuilder<Order>().AddRetry(new RetryStrategyOptions<Order> { MaxRetryAttempts = 2, Delay = TimeSpan.Zero }).AddTimeout(TimeSpan.FromSeconds(1)).Build();
        pipeline.Execute(() => new Order(1, Size.Large));
    }
}

public sealed class Dynamic : Probe
{
    protected override void Do()
    {
        dynamic order = new Order(1, Size.Large);
        if (order.Id + order.Id != 2 || order.Size.ToString() != "Large")
        {
            throw new InvalidOperationException();
        }

        dynamic bag = new System.Dynamic.ExpandoObject();
        bag.Order = order;
        new ConcurrentDictionary<int, object>()[1] = bag.Order;
    }
}
