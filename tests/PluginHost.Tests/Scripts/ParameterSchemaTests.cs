using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PluginHost.Scripts;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace PluginHost.Tests.Scripts;

#pragma warning disable CS8618 // Parameters without an initial value are some of the cases.

public sealed class ParameterSchemaTests
{
    private readonly List<string> _problems = [];

    [TestCase("Text", """{"type":"string","default":"a"}""")]
    [TestCase("OptionalText", """{"type":["string","null"],"default":null}""")]
    [TestCase("Character", """{"type":"string","minLength":1,"maxLength":1,"default":"c"}""")]
    [TestCase("Password", """{"type":"string","description":"To sign in with","writeOnly":true}""", Description = "a secret one tells no default")]
    [TestCase("Flag", """{"type":"boolean","default":false}""")]
    [TestCase("Whole", """{"type":"integer","default":1}""")]
    [TestCase("OptionalWhole", """{"type":["integer","null"],"default":null}""")]
    [TestCase("Small", """{"type":"integer","minimum":0,"maximum":255,"default":0}""")]
    [TestCase("Large", """{"type":"integer","default":9223372036854775807}""")]
    [TestCase("Fraction", """{"type":"number","default":0.5}""")]
    [TestCase("Money", """{"type":"number","default":1.50}""")]
    [TestCase("Moment", """{"type":"string","format":"date-time","default":"2026-11-24T00:00:00Z"}""")]
    [TestCase("Instant", """{"type":"string","format":"date-time","default":"2026-11-24T00:00:00+01:00"}""")]
    [TestCase("Day", """{"type":"string","format":"date","default":"2026-11-24"}""")]
    [TestCase("Time", """{"type":"string","format":"time","default":"14:30:00"}""")]
    [TestCase("Duration", """{"type":"string","format":"duration","default":"PT1H30M"}""")]
    [TestCase("OptionalDuration", """{"type":["string","null"],"format":"duration","default":null}""")]
    [TestCase("Id", """{"type":["string","null"],"format":"uuid","default":null}""")]
    [TestCase("Address", """{"type":"string","format":"uri","default":"https://example.org/"}""")]
    [TestCase("Bytes", """{"type":"string","contentEncoding":"base64","default":"AQI="}""")]
    [TestCase("Tone", """{"type":"string","enum":["Formal","very-nice"],"default":"very-nice"}""")]
    [TestCase("OptionalTone", """{"type":["string","null"],"enum":["Formal","very-nice",null],"default":null}""")]
    [TestCase("Days", """{"type":"string","default":"Monday, Sunday"}""")]
    [TestCase("NoDays", """{"type":"string"}""")]
    [TestCase("List", """{"type":"array","items":{"type":"integer"},"default":[1,2]}""")]
    [TestCase("Names", """{"type":["array","null"],"items":{"type":"string"},"default":null}""")]
    [TestCase("Map", """{"type":"object","additionalProperties":{"type":"integer"},"default":{"a":1}}""")]
    [TestCase("Any", """{"default":null}""")]
    [TestCase("Described", """{"type":"integer","description":"How many","default":0}""")]
    public void Schema_OfAParameter_HasItsTypeAndDefault(string name, string expected) =>
        Assert.That(SchemaOf<Types>(name), Is.EqualTo(expected));

    [TestCase("Range", """{"type":"integer","minimum":1,"maximum":10,"default":5}""")]
    [TestCase("OpenRange", """{"type":"number","exclusiveMinimum":0,"default":1}""")]
    [TestCase("MoneyRange", """{"type":"number","minimum":0.5,"maximum":99.5,"default":1}""")]
    [TestCase("Length", """{"type":"string","minLength":2,"maxLength":5,"default":"abc"}""")]
    [TestCase("Required", """{"type":"string","minLength":1,"default":"a"}""")]
    [TestCase("Items", """{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3,"default":[1]}""")]
    [TestCase("Pattern", """{"type":"string","pattern":"^(?:a|b)$","default":"a"}""")]
    [TestCase("Allowed", """{"type":"string","enum":["a","b"],"default":"a"}""")]
    [TestCase("Denied", """{"type":"integer","not":{"enum":[13]},"default":0}""")]
    [TestCase("Email", """{"type":["string","null"],"format":"email","default":null}""")]
    [TestCase("Url", """{"type":["string","null"],"format":"uri","default":null}""")]
    public void Schema_OfAParameterWithRules_HasThem(string name, string expected) =>
        Assert.That(SchemaOf<Rules>(name), Is.EqualTo(expected));

    [Test]
    public void Schema_OfARecord_HasItsPropertiesAndTheirRules() =>
        Assert.That(SchemaOf<Nested>("Window"), Is.EqualTo("""{"type":["object","null"],"properties":{"From":{"type":"string","format":"date"},"Step":{"type":"integer","default":3,"minimum":1,"maximum":9},"Note":{"type":["string","null"],"description":"Why"}},"required":["From"],"additionalProperties":false,"default":null}"""));

    [Test]
    public void Schema_OfATypeThatContainsItself_PointsToItWithinTheSchema()
    {
        var items = Read<Nested>().Schema["properties"]!["Tree"]!["properties"]!["Children"]!["items"]!;

        Assert.That(items["properties"]!["Children"]!["$ref"]!.GetValue<string>(), Is.EqualTo("#/properties/Tree/properties/Children"));
    }

    [Test]
    public void Schema_RequiresWhatHasNoValidInitialValue()
    {
        var set = Read<Required>();

        Assert.That(set.Schema["required"]!.ToJsonString(), Is.EqualTo("""["Keyword","KeywordNull","NullText","Zero","Empty","Unnamed"]"""));
        Assert.That(set.Required.Select(parameter => parameter.RequiredBecause), Is.EqualTo(new[]
        {
            "it is declared as required",
            "it is declared as required",
            "its initial value is null",
            "its initial value is not allowed (The field Zero must be between 1 and 10)",
            "its initial value is not allowed (The Empty field is required)",
            "its initial value 0 is none of One, Two",
        }));
        Assert.That(set.Schema["properties"]!["NullText"]!.ToJsonString(), Is.EqualTo("""{"type":"string"}"""));
    }

    [Test]
    public void Schema_HasInheritedParametersFirst_AndOverriddenOnesOnce()
    {
        var properties = (JsonObject)Read<Derived>().Schema["properties"]!;

        Assert.That(properties.Select(property => property.Key), Is.EqualTo(new[] { "FromBase", "Own", "Overridden" }));
        Assert.That(properties["Overridden"]!["default"]!.GetValue<int>(), Is.EqualTo(2));
    }

    [Test]
    public void Schema_WithoutNullableAnnotations_TakesReferencesAsNullable() =>
        Assert.That(SchemaOf<Oblivious>("Text"), Is.EqualTo("""{"type":["string","null"],"default":null}"""));

    [TestCase(typeof(Stream), "has the type Stream, of which no value can be given.")]
    [TestCase(typeof(Action), "has the type Action, of which no value can be given.")]
    [TestCase(typeof(object), "has the type object, of which no value can be given. For any JSON, use JsonNode or JsonElement.")]
    [TestCase(typeof(Type), "has the type Type, of which no value can be given.")]
    [TestCase(typeof(HttpClient), "has the type HttpClient, of which no value can be given.")]
    [TestCase(typeof(CancellationToken), "has the type CancellationToken, of which no value can be given.")]
    [TestCase(typeof((int, string)), "has the type ValueTuple<int, string>, of which no value can be given.")]
    [TestCase(typeof(nint), "has the type IntPtr, of which no value can be given.")]
    [TestCase(typeof(Dictionary<int, int>), "has the type Dictionary<int, int>. The keys of a dictionary have to be strings.")]
    [TestCase(typeof(List<Stream>), "contains the type Stream, of which no value can be given.")]
    [TestCase(typeof(IScript), "has the type IScript, which cannot be constructed.")]
    [TestCase(typeof(TwoConstructors), "has the type TwoConstructors, which cannot be constructed. It has to be a class, record or struct with one public constructor, or with one without parameters.")]
    [TestCase(typeof(FileUpload), "contains the type Stream, of which no value can be given.")]
    public void Read_OfAnUnsupportedType_SaysSo(Type type, string expected)
    {
        ParameterSet.Read(typeof(Holder<>).MakeGenericType(type), _problems.Add);

        Assert.That(_problems.Single(), Does.StartWith("'Value' ").And.Contains(expected));
    }

    [Test]
    public void Read_OfMisplacedParameters_NamesEachAndWhatToWrite()
    {
        ParameterSet.Read(typeof(Misplaced), _problems.Add);

        Assert.That(_problems, Is.EquivalentTo(new[]
        {
            "'NoSetter' has no setter. Write { get; init; }.",
            "'PrivateSetter' is not public. Write public, with a public init or set.",
            "'Internal' is not public. Write public, with a public init or set.",
            "'Static' is static, so all runs would share it. Remove static.",
            "'Item' is an indexer. A parameter is a property with a name.",
        }));
    }

    [Test]
    public void Read_OfTwoNamesThatDifferInCase_AsksForAnother()
    {
        ParameterSet.Read(typeof(Twins), _problems.Add);

        Assert.That(_problems, Is.EqualTo(new[]
        {
            "'fromBase' is declared in Twins and, as 'FromBase', in Base. The names of parameters are compared without case; rename one.",
        }));
    }

    [Test]
    public void WithDefaultsOf_AnInitialValueThatThrows_ReportsIt()
    {
        ParameterSet.Read(typeof(EvilGetter), _problems.Add).WithDefaultsOf(new EvilGetter(), _problems.Add);

        Assert.That(_problems, Is.EqualTo(new[] { "'Value' has an initial value that cannot be read: InvalidOperationException: evil" }));
    }

    [Test]
    public void WithDefaultsOf_ARuleThatDoesNotFitItsType_ReportsIt()
    {
        ParameterSet.Read(typeof(WrongRule), _problems.Add).WithDefaultsOf(new WrongRule(), _problems.Add);

        Assert.That(_problems.Single(), Does.StartWith("'Value' has an initial value that cannot be read: InvalidOperationException: [StringLength] cannot judge it: InvalidCastException: "));
    }

    private ParameterSet Read<T>() where T : new()
    {
        var set = ParameterSet.Read(typeof(T), _problems.Add).WithDefaultsOf(new T(), _problems.Add);
        Assert.That(_problems, Is.Empty);
        return set;
    }

    private string SchemaOf<T>(string name) where T : new() =>
        System.Text.RegularExpressions.Regex.Unescape(Read<T>().Schema["properties"]![name]!.ToJsonString());

    public sealed class Types
    {
        [Parameter] public string Text { get; init; } = "a";
        [Parameter] public string? OptionalText { get; init; }
        [Parameter(Secret = true, Description = "To sign in with")] public string Password { get; init; } = "swordfish";
        [Parameter] public char Character { get; init; } = 'c';
        [Parameter] public bool Flag { get; init; }
        [Parameter] public int Whole { get; set; } = 1;
        [Parameter] public int? OptionalWhole { get; init; }
        [Parameter] public byte Small { get; init; }
        [Parameter] public long Large { get; init; } = long.MaxValue;
        [Parameter] public double Fraction { get; init; } = 0.5;
        [Parameter] public decimal Money { get; init; } = 1.50m;
        [Parameter] public DateTime Moment { get; init; } = new(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc);
        [Parameter] public DateTimeOffset Instant { get; init; } = new(2026, 11, 24, 0, 0, 0, TimeSpan.FromHours(1));
        [Parameter] public DateOnly Day { get; init; } = new(2026, 11, 24);
        [Parameter] public TimeOnly Time { get; init; } = new(14, 30);
        [Parameter] public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(90);
        [Parameter] public TimeSpan? OptionalDuration { get; init; }
        [Parameter] public Guid? Id { get; init; }
        [Parameter] public Uri Address { get; init; } = new("https://example.org/");
        [Parameter] public byte[] Bytes { get; init; } = [1, 2];
        [Parameter] public Tone Tone { get; init; } = Tone.Nice;
        [Parameter] public Tone? OptionalTone { get; init; }
        [Parameter] public Weekdays Days { get; init; } = Weekdays.Monday | Weekdays.Sunday;
        [Parameter] public Weekdays NoDays { get; init; }
        [Parameter] public int[] List { get; init; } = [1, 2];
        [Parameter] public IReadOnlyList<string>? Names { get; init; }
        [Parameter] public Dictionary<string, int> Map { get; init; } = new() { ["a"] = 1 };
        [Parameter] public JsonNode? Any { get; init; }
        [Parameter(Description = "How many")] public int Described { get; init; }
        public int NoParameter { get; init; }
    }

    public sealed class Rules
    {
        [Parameter, Range(1, 10)] public int Range { get; init; } = 5;
        [Parameter, Range(0, double.MaxValue, MinimumIsExclusive = true)] public double OpenRange { get; init; } = 1;
        [Parameter, Range(typeof(decimal), "0.5", "99.5", ParseLimitsInInvariantCulture = true)] public decimal MoneyRange { get; init; } = 1;
        [Parameter, StringLength(5, MinimumLength = 2)] public string Length { get; init; } = "abc";
        [Parameter, Required] public string Required { get; init; } = "a";
        [Parameter, Length(1, 3)] public List<int> Items { get; init; } = [1];
        [Parameter, RegularExpression("a|b")] public string Pattern { get; init; } = "a";
        [Parameter, AllowedValues("a", "b")] public string Allowed { get; init; } = "a";
        [Parameter, DeniedValues(13)] public int Denied { get; init; }
        [Parameter, EmailAddress] public string? Email { get; init; }
        [Parameter, Url] public string? Url { get; init; }
    }

    public sealed class Nested
    {
        [Parameter] public Window? Window { get; init; }
        [Parameter] public Tree? Tree { get; init; }
    }

    public sealed record Window(DateOnly From, [Range(1, 9)] int Step = 3)
    {
        [System.ComponentModel.Description("Why")]
        public string? Note { get; init; }

        public int Computed => Step * 2;
    }

    public sealed record Tree(string Name, List<Tree> Children);

    public sealed class Required
    {
        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public Required()
        {
        }

        [Parameter] public required string Keyword { get; init; }
        [Parameter] public required string? KeywordNull { get; init; }
        [Parameter] public string NullText { get; init; }
        [Parameter, Range(1, 10)] public int Zero { get; init; }
        [Parameter, Required] public string Empty { get; init; } = "";
        [Parameter] public FromOne Unnamed { get; init; }
        [Parameter] public int Optional { get; init; }
    }

    public abstract class Base
    {
        [Parameter] public int FromBase { get; init; }
        [Parameter] public virtual int Overridden { get; init; } = 1;
    }

    public sealed class Derived : Base
    {
        [Parameter] public int Own { get; init; }
        public override int Overridden { get; init; } = 2;
    }

#nullable disable
    public sealed class Oblivious
    {
        [Parameter] public string Text { get; init; }
    }
#nullable restore

    public sealed class Holder<T>
    {
        [Parameter] public T? Value { get; init; }
    }

    public sealed class TwoConstructors
    {
        public TwoConstructors(int number) => Text = $"{number}";

        public TwoConstructors(string text) => Text = text;

        public string Text { get; }
    }

    public sealed record FileUpload(string Name, Stream Content);

    public sealed class Misplaced
    {
        [Parameter] public int NoSetter { get; }
        [Parameter] public int PrivateSetter { get; private set; }
        [Parameter] internal int Internal { get; set; }
        [Parameter] public static int Static { get; set; }
        [Parameter] public int this[int i] { get => NoSetter + i; set => PrivateSetter = value; }
    }

    public sealed class Twins : Base
    {
#pragma warning disable CA1708 // that they differ only in case is the case
        [Parameter] public int fromBase { get; init; }
#pragma warning restore CA1708
    }

    public sealed class EvilGetter
    {
        [Parameter] public int Value { get => field < 0 ? 0 : throw new InvalidOperationException("evil"); init; }
    }

    public sealed class WrongRule
    {
        [Parameter, StringLength(3)] public int Value { get; init; }
    }

    public enum Tone
    {
        Formal,
        [JsonStringEnumMemberName("very-nice")]
        Nice,
    }

    public enum FromOne
    {
        One = 1,
        Two,
    }

    [Flags]
    public enum Weekdays
    {
        Monday = 1,
        Sunday = 64,
    }
}
