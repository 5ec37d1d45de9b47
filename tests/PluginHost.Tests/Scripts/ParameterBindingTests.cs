using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PluginHost.Scripts;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace PluginHost.Tests.Scripts;

public sealed class ParameterBindingTests
{
    private static readonly ParameterSet Set = ParameterSet.Read(typeof(Report), problem => throw new InvalidOperationException(problem)).WithDefaultsOf(new Report { Customer = "" }, _ => { });

    [TestCase("Text", "\"5\"", "5")]
    [TestCase("Text", "\"\"", "")]
    [TestCase("Letter", "\"x\"", "x")]
    [TestCase("Flag", "true", "True")]
    [TestCase("Flag", "\"TRUE\"", "True")]
    [TestCase("Whole", "5", "5")]
    [TestCase("Whole", "\" 5 \"", "5")]
    [TestCase("Whole", "5.0", "5")]
    [TestCase("Whole", "-2147483648", "-2147483648")]
    [TestCase("Optional", "null", "")]
    [TestCase("Optional", "\"\"", "", Description = "an empty field of a form")]
    [TestCase("Large", "18446744073709551615", "18446744073709551615")]
    [TestCase("Fraction", "1e3", "1000")]
    [TestCase("Fraction", "\"0.25\"", "0.25")]
    [TestCase("Money", "79228162514264337593543950335", "79228162514264337593543950335")]
    [TestCase("Moment", "\"2026-11-24\"", "2026-11-24T00:00:00.0000000")]
    [TestCase("Moment", "\"2026-11-24T14:30\"", "2026-11-24T14:30:00.0000000", Description = "a datetime-local field of a form")]
    [TestCase("Moment", "\"2026-11-24T14:30:00+02:00\"", "2026-11-24T12:30:00.0000000Z", Description = "the zone of this machine has no say")]
    [TestCase("Instant", "\"2026-11-24 14:30:00.5Z\"", "2026-11-24T14:30:00.5000000+00:00")]
    [TestCase("Instant", "\"2026-11-24T14:30\"", "2026-11-24T14:30:00.0000000+00:00")]
    [TestCase("Instant", "\"2026-11-24T14:30:00-05:00\"", "2026-11-24T14:30:00.0000000-05:00")]
    [TestCase("Day", "\"2026-11-24\"", "2026-11-24")]
    [TestCase("Time", "\"14:30\"", "14:30:00.0000000")]
    [TestCase("Time", "\"14:30:05\"", "14:30:05.0000000")]
    [TestCase("Duration", "\"90m\"", "01:30:00")]
    [TestCase("Duration", "\"01:30:00\"", "01:30:00")]
    [TestCase("Duration", "\"PT1H30M\"", "01:30:00")]
    [TestCase("Duration", "\"-00:00:01\"", "-00:00:01")]
    [TestCase("Id", "\"3f2504e04f8911d39a0c0305e82c3301\"", "3f2504e0-4f89-11d3-9a0c-0305e82c3301")]
    [TestCase("Address", "\"https://example.org/a\"", "https://example.org/a")]
    [TestCase("Tone", "\"formal\"", "Formal")]
    [TestCase("Tone", "\"VERY-NICE\"", "Nice")]
    [TestCase("Days", "\"monday, sunday\"", "Monday, Sunday")]
    [TestCase("Numbers", "[1,\"2\"]", "1,2")]
    [TestCase("Numbers", "\"[1, 2]\"", "1,2", Description = "a list from a command line")]
    [TestCase("Numbers", "[]", "")]
    [TestCase("whole", "5", "5", Description = "names are compared without case")]
    public void Bind_OfAValue_ReadsIt(string name, string json, string expected)
    {
        var report = Apply($$"""{"Customer":"x","{{name}}":{{json}}}""");
        var value = typeof(Report).GetProperty(name, System.Reflection.BindingFlags.IgnoreCase | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance)!.GetValue(report);

        Assert.That(Show(value), Is.EqualTo(expected));
    }

    [TestCase("Text", "5", "'Text' must be text, not the number 5.")]
    [TestCase("Text", "null", "'Text' must not be null.")]
    [TestCase("Letter", "\"ab\"", "'Letter' must be a single character, not the text \"ab\".")]
    [TestCase("Flag", "\"on\"", "'Flag' must be true or false, not the text \"on\".")]
    [TestCase("Flag", "1", "'Flag' must be true or false, not the number 1.")]
    [TestCase("Whole", "\"x\"", "'Whole' must be a whole number, not the text \"x\".")]
    [TestCase("Whole", "\"\"", "'Whole' must be a whole number, not an empty text.")]
    [TestCase("Whole", "1.5", "'Whole' must be a whole number, not the number 1.5.")]
    [TestCase("Whole", "true", "'Whole' must be a whole number, not true.")]
    [TestCase("Whole", "[1]", "'Whole' must be a whole number, not a list.")]
    [TestCase("Whole", "{}", "'Whole' must be a whole number, not an object.")]
    [TestCase("Whole", "2147483648", "'Whole' must be a whole number from -2147483648 to 2147483647, not the number 2147483648.")]
    [TestCase("Fraction", "\"1,5\"", "'Fraction' must be a number, not the text \"1,5\".")]
    [TestCase("Fraction", "1e999", "'Fraction' must be a number, not the number 1e999.")]
    [TestCase("Fraction", "\"NaN\"", "'Fraction' must be a number, not the text \"NaN\".")]
    [TestCase("Moment", "\"1/2/2026\"", "'Moment' must be a date and time such as 2026-11-24T14:30:00Z, not the text \"1/2/2026\".")]
    [TestCase("Day", "\"2026-02-30\"", "'Day' must be a date such as 2026-11-24, not the text \"2026-02-30\".")]
    [TestCase("Time", "\"25:00\"", "'Time' must be a time of day such as 14:30 or 14:30:00, not the text \"25:00\".")]
    [TestCase("Duration", "\"5\"", "'Duration' must be a duration such as 5m, 01:30:00 or PT5M, not the text \"5\".")]
    [TestCase("Duration", "\"P1M\"", "'Duration' must be a duration such as 5m, 01:30:00 or PT5M, not the text \"P1M\".")]
    [TestCase("Id", "\"x\"", "'Id' must be a GUID such as 3f2504e0-4f89-11d3-9a0c-0305e82c3301, not the text \"x\".")]
    [TestCase("Address", "\"/a\"", "'Address' must be an address such as https://example.org/, not the text \"/a\".")]
    [TestCase("Tone", "\"rude\"", "'Tone' must be one of Formal, very-nice, not the text \"rude\".")]
    [TestCase("Tone", "1", "'Tone' must be one of Formal, very-nice, not the number 1.")]
    [TestCase("Days", "\"Monday, Someday\"", "'Days' must be one or several, separated by commas, of Monday, Sunday, not the text \"Monday, Someday\".")]
    [TestCase("Numbers", "\"1,2\"", "'Numbers' must be a list, not the text \"1,2\".")]
    [TestCase("Labels", "[]", "'Labels' must be an object of names and values, not a list.")]
    [TestCase("Window", "5", "'Window' must be an object, not the number 5.")]
    [TestCase("Ranged", "11", "The field Ranged must be between 1 and 10.")]
    [TestCase("Choice", "\"c\"", "Choice must be one of a, b.")]
    [TestCase("Email", "\"x\"", "The Email field is not a valid e-mail address.")]
    [TestCase("Even", "3", "Even must be even.")]
    [TestCase("Judged", "\"x\"", "'Judged' cannot be read: [Undecided] cannot judge it: NotSupportedException: cannot say")]
    [TestCase("Token", "\"swordfish\"", "'Token' must be a GUID such as 3f2504e0-4f89-11d3-9a0c-0305e82c3301, not what was given.", Description = "a secret value is not repeated")]
    public void Bind_OfAWrongValue_SaysWhatWasExpectedAndWhatCame(string name, string json, string expected)
    {
        Assert.That(Bind($$"""{"Customer":"x","{{name}}":{{json}}}""", out var errors), Is.Null);
        Assert.That(errors, Has.Count.EqualTo(1));
        Assert.That(errors[name], Is.EqualTo(new[] { expected }));
    }

    [Test]
    public void Bind_OfManyMistakes_NamesThemAll()
    {
        var bound = Bind(
            """
            {
              "Wole": 1, "Zzz": 2, "Ranged": 99, "text": "a", "TEXT": "b", "Numbers": [1, "b", null], "Labels": { "a": "x" },
              "Window": { "from": "x", "step": 10, "note": 5, "until": 1 },
              "Tree": { "Name": "root", "Children": [ { "Name": 1, "Children": [ {} ] } ] }
            }
            """,
            out var errors);

        Assert.That(bound, Is.Null);
        Assert.That(errors.ToDictionary(error => error.Key, error => string.Join(' ', error.Value)), Is.EquivalentTo(new Dictionary<string, string>
        {
            ["Customer"] = "'Customer' is missing.",
            ["Wole"] = "There is no 'Wole'. Did you mean 'Whole'?",
            ["Zzz"] = $"There is no 'Zzz'. There are {string.Join(", ", ((JsonObject)Set.Schema["properties"]!).Select(property => property.Key))}.",
            ["Ranged"] = "The field Ranged must be between 1 and 10.",
            ["Text"] = "'Text' is given twice.",
            ["Numbers[1]"] = "'Numbers[1]' must be a whole number, not the text \"b\".",
            ["Numbers[2]"] = "'Numbers[2]' must not be null.",
            ["Labels.a"] = "'Labels.a' must be a whole number, not the text \"x\".",
            ["Window.From"] = "'Window.From' must be a date such as 2026-11-24, not the text \"x\".",
            ["Window.Step"] = "The field Window.Step must be between 1 and 9.",
            ["Window.Note"] = "'Window.Note' must be text, not the number 5.",
            ["Window.until"] = "There is no 'Window.until'. There are From, Step, Note.",
            ["Tree.Children[0].Name"] = "'Tree.Children[0].Name' must be text, not the number 1.",
            ["Tree.Children[0].Children[0].Name"] = "'Tree.Children[0].Children[0].Name' is missing.",
            ["Tree.Children[0].Children[0].Children"] = "'Tree.Children[0].Children[0].Children' is missing.",
        }));
    }

    [Test]
    public void Bind_OfAMillionMistakes_NamesSome()
    {
        var many = new JsonObject { ["Customer"] = "x", ["Numbers"] = new JsonArray([.. Enumerable.Repeat<JsonNode?>(null, 100_000)]) };

        Assert.That(Set.Bind(many, out var errors), Is.Null);
        Assert.That(errors, Has.Count.LessThan(100));
    }

    [Test]
    public void Bind_OfNested_MakesTheObjects()
    {
        var report = Apply("""
            {
              "customer": "x", "labels": { "a": "1" }, "window": { "from": "2026-11-24", "note": "n" },
              "tree": { "name": "root", "children": [ { "name": "leaf", "children": [] } ] },
              "shape": { "$type": "circle", "radius": 2 }, "any": { "x": [1, null] }
            }
            """);

        Assert.That(report.Labels, Is.EqualTo(new Dictionary<string, int> { ["a"] = 1 }));
        Assert.That(report.Window, Is.EqualTo(new Window(new DateOnly(2026, 11, 24)) { Note = "n" }));
        Assert.That(report.Tree!.Children.Single().Name, Is.EqualTo("leaf"));
        Assert.That(report.Shape, Is.EqualTo(new Circle(2)));
        Assert.That(report.Any!.ToJsonString(), Is.EqualTo("""{"x":[1,null]}"""));
    }

    [Test]
    public void Bind_OfAnObjectThatItsConstructorRefuses_SaysWhy()
    {
        Assert.That(Bind("""{"Customer":"x","Picky":{"Name":"bad"}}""", out var errors), Is.Null);
        Assert.That(errors["Picky"].Single(), Is.EqualTo("'Picky' cannot be read: 'bad' is taken"));
    }

    [Test]
    public void Bind_OfNothing_LeavesTheDefaults_OrMissesWhatIsRequired()
    {
        var optional = ParameterSet.Read(typeof(AllOptional), _ => { }).WithDefaultsOf(new AllOptional(), _ => { });

        var values = optional.Bind(null, out var errors)!;
        var instance = new AllOptional();
        values.ApplyTo(instance);

        Assert.That(errors, Is.Empty);
        Assert.That(instance.Days, Is.EqualTo(7));
        Assert.That(values.Given.ToJsonString(), Is.EqualTo("{}"));
        Assert.That(values.Effective.ToJsonString(), Is.EqualTo("""{"Days":7}"""));
        Assert.That(Set.Bind(null, out errors), Is.Null);
        Assert.That(errors.Keys, Is.EqualTo(new[] { "Customer" }));
    }

    [Test]
    public void Given_CanBeBoundAgain_AndComesToTheSame()
    {
        var given = Bind("""{"customer":"x","whole":"5","duration":"90m","tone":"formal","numbers":"[1]","moment":"2026-11-24T14:30","optional":""}""", out _)!.Given;

        Assert.That(given.ToJsonString(), Is.EqualTo(
            """{"Customer":"x","Whole":5,"Optional":null,"Moment":"2026-11-24T14:30:00.0000000","Duration":"PT1H30M","Tone":"Formal","Numbers":[1]}"""));
        Assert.That(Set.Bind(given, out _)!.Given.ToJsonString(), Is.EqualTo(given.ToJsonString()));
    }

    [Test]
    public void Effective_HasTheDefaultsOfWhatWasNotGiven()
    {
        var effective = Bind("""{"Customer":"x","Ranged":3}""", out _)!.Effective;

        Assert.That(effective["Ranged"]!.GetValue<int>(), Is.EqualTo(3));
        Assert.That(effective["Text"]!.GetValue<string>(), Is.EqualTo("a"));
        Assert.That(effective["Duration"]!.GetValue<string>(), Is.EqualTo("PT1H"));
    }

    [Test]
    public void Bind_OfValuesMadeInCode_ReadsThemAsJson()
    {
        var report = new Report { Customer = "" };
        Set.Bind(new JsonObject { ["Customer"] = "x", ["Id"] = JsonValue.Create(Guid.Empty), ["Money"] = JsonValue.Create(1.5m) }, out _)!.ApplyTo(report);

        Assert.That((report.Customer, report.Id, report.Money), Is.EqualTo(("x", Guid.Empty, 1.5m)));
    }

    [Test]
    public void ApplyTo_WhereASetterThrows_ThrowsWhatItThrows()
    {
        var set = ParameterSet.Read(typeof(EvilSetter), _ => { });

        Assert.That(
            () => set.Bind(new JsonObject { ["Value"] = 1 }, out _)!.ApplyTo(new EvilSetter()),
            Throws.TypeOf<NotSupportedException>().With.Message.EqualTo("evil"));
    }

    private static ParameterValues? Bind(string json, out IReadOnlyDictionary<string, string[]> errors) =>
        Set.Bind((JsonObject)JsonNode.Parse(json)!, out errors);

    private static Report Apply(string json)
    {
        var values = Bind(json, out var errors);
        Assert.That(errors, Is.Empty);
        var report = new Report { Customer = "" };
        values!.ApplyTo(report);
        return report;
    }

    private static string Show(object? value) => value switch
    {
        null => "",
        IEnumerable<int> numbers => string.Join(',', numbers),
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", null),
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}"),
    };

    public sealed class Report
    {
        [Parameter] public required string Customer { get; init; }
        [Parameter] public string Text { get; init; } = "a";
        [Parameter(Secret = true)] public Guid Token { get; init; }
        [Parameter] public char Letter { get; init; } = 'c';
        [Parameter] public bool Flag { get; init; }
        [Parameter] public int Whole { get; init; }
        [Parameter] public int? Optional { get; init; } = 3;
        [Parameter] public ulong Large { get; init; }
        [Parameter] public double Fraction { get; init; }
        [Parameter] public decimal Money { get; init; }
        [Parameter] public DateTime Moment { get; init; }
        [Parameter] public DateTimeOffset Instant { get; init; }
        [Parameter] public DateOnly Day { get; init; }
        [Parameter] public TimeOnly Time { get; init; }
        [Parameter] public TimeSpan Duration { get; init; } = TimeSpan.FromHours(1);
        [Parameter] public Guid Id { get; init; } = Guid.NewGuid();
        [Parameter] public Uri? Address { get; init; }
        [Parameter] public Tone Tone { get; init; }
        [Parameter] public Weekdays Days { get; init; }
        [Parameter] public IReadOnlyList<int> Numbers { get; init; } = [7];
        [Parameter] public Dictionary<string, int> Labels { get; init; } = [];
        [Parameter] public Window? Window { get; init; }
        [Parameter] public Tree? Tree { get; init; }
        [Parameter] public Shape? Shape { get; init; }
        [Parameter] public JsonNode? Any { get; init; }
        [Parameter] public Picky? Picky { get; init; }
        [Parameter, Range(1, 10)] public int Ranged { get; init; } = 1;
        [Parameter, AllowedValues("a", "b")] public string Choice { get; init; } = "a";
        [Parameter, EmailAddress] public string? Email { get; init; }
        [Parameter, Even] public int Even { get; init; }
        [Parameter, Undecided] public string? Judged { get; init; }
    }

    public sealed class AllOptional
    {
        [Parameter] public int Days { get; init; } = 7;
    }

    public sealed class EvilSetter
    {
        [Parameter] public int Value { get => 0; set => throw new NotSupportedException("evil"); }
    }

    public sealed record Window(DateOnly From, [Range(1, 9)] int Step = 3)
    {
        public string? Note { get; init; }
    }

    public sealed record Tree(string Name, List<Tree> Children);

    [JsonDerivedType(typeof(Circle), "circle")]
    public abstract record Shape;

    public sealed record Circle(double Radius) : Shape;

    public sealed class Picky(string name)
    {
        public string Name { get; } = name == "bad" ? throw new ArgumentException("'bad' is taken") : name;
    }

    public enum Tone
    {
        Formal,
        [JsonStringEnumMemberName("very-nice")]
        Nice,
    }

    [Flags]
    public enum Weekdays
    {
        Monday = 1,
        Sunday = 64,
    }

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class EvenAttribute : ValidationAttribute
    {
        public EvenAttribute() : base("{0} must be even.")
        {
        }

        public override bool IsValid(object? value) => value is int number && number % 2 == 0;
    }

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class UndecidedAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => value is null ? true : throw new NotSupportedException("cannot say");
    }
}
