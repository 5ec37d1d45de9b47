namespace PluginHost.Sources.Drops;

/// <summary>Whether the host keeps a copy of what a drop holds.</summary>
/// <param name="plugin">The plugin.</param>
/// <param name="contentId">What the drop holds.</param>
internal delegate bool IsKept(string plugin, string contentId);

/// <summary>A folder in which a drop lies, or is about to. What was found whole is not looked at again while its manifest stays the same.</summary>
/// <param name="plugin">The plugin in whose folder it lies.</param>
/// <param name="folder">The folder.</param>
/// <param name="isKept">Whether the host keeps a copy of a content already: then it does not matter what has become of the drop's own files.</param>
/// <param name="signatures">Checks who signed it; null when that is not asked.</param>
/// <param name="time">Tells how long files have been at rest.</param>
internal sealed class DropVersion(string plugin, string folder, IsKept isKept, DropSignatures? signatures, TimeProvider time)
{
    // Whoever copies a drop without care for the order of its files has some seconds between two of them.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private (long Length, DateTime WrittenAt)? _stamp;
    private byte[] _json = [];
    private DropManifest? _manifest;
    private string? _mistake;
    private Drop? _whole;
    private string? _fault;
    private string? _checked;
    private bool _checkedAtRest;
    private DateTimeOffset _changedAt = time.GetUtcNow();
    private long? _wasWhole;
    private bool _couldNotTell;
    private string? _keys;
    private string? _wholeByKeys;
    private volatile bool _lookAgain;

    public string Name { get; } = Path.GetFileName(folder);

    /// <summary>Where it stands among the drops of its plugin; one whose manifest cannot be read counts as the newest, so that it is told. Null when there is no manifest.</summary>
    public long? Sequence => _manifest?.Sequence ?? (_stamp is null ? null : long.MaxValue);

    /// <summary>Whether nothing in it has changed for some time.</summary>
    private bool IsAtRest => time.GetUtcNow() - _changedAt >= Rest;

    /// <summary>Whether it was whole, and is being changed now, perhaps into what it was, or cannot be read or checked: no moment to go back to an older one.</summary>
    public bool IsInDoubt(Drop? older) => _whole is null && (!IsAtRest || _couldNotTell) && _wasWhole >= (older?.Manifest.Sequence ?? long.MinValue);

    /// <summary>Looks whether the manifest is there and which it is.</summary>
    /// <param name="keys">Which keys are allowed, as <see cref="DropSignatures.Keys"/> names them; null when none need be.</param>
    public void Refresh(string? keys)
    {
        _keys = keys;
        var file = new FileInfo(Path.Combine(folder, DropManifest.FileName));
        (long, DateTime)? stamp = file.Exists ? (file.Length, file.LastWriteTimeUtc) : null;
        if (stamp == _stamp && !_lookAgain)
        {
            return;
        }

        // To be looked at again is no change: what could not be read must come to rest, and be told.
        _changedAt = stamp == _stamp ? _changedAt : time.GetUtcNow();
        (_stamp, _manifest, _mistake, _fault, _whole, _checked, _lookAgain) = (stamp, null, null, null, null, null, false);
        if (file.Exists)
        {
            Read();
        }
    }

    /// <summary>The drop, if it is whole.</summary>
    /// <returns>It; else null, and once its files are at rest a sentence that says what is wrong.</returns>
    public (Drop? Whole, string? Fault) Check()
    {
        if (_manifest is not null && (_whole is null || _wholeByKeys != _keys))
        {
            Compare(_manifest);
        }

        var fault = _mistake ?? _fault;
        return _whole is not null ? (_whole, null) : (null, fault is not null && IsAtRest ? $"Drop {Name} of {plugin} is not taken: {fault}." : null);
    }

    /// <summary>Says that there has been no manifest for some time; else null.</summary>
    public string? FindForgotten()
    {
        try
        {
            NoteChanges(DropFiles.List(folder).Fingerprint());
            _couldNotTell = false;
        }
        catch (DirectoryNotFoundException)
        {
            // It is just being deleted.
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _couldNotTell = true;
            return IsAtRest ? $"Drop {Name} of {plugin} cannot be read ({failure.Message}), so it is not taken. Let the host's user read it." : null;
        }

        return IsAtRest ? $"Drop {Name} of {plugin} has no {DropManifest.FileName}, so it is waited for: its pipeline writes that file last. If it was cut off, delete the folder." : null;
    }

    private void Read()
    {
        try
        {
            _couldNotTell = false;
            _manifest = DropManifest.Parse(_json = RegularFile.ReadAll(folder, DropManifest.FileName, DropManifest.MaxBytes), plugin);
        }
        catch (InvalidDataException mistake)
        {
            _mistake = mistake.Message;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            (_mistake, _lookAgain, _couldNotTell) = ($"its {DropManifest.FileName} cannot be read ({failure.Message})", true, true);
        }
    }

    private void Compare(DropManifest manifest)
    {
        _whole = null;
        try
        {
            var drop = new Drop(Name, folder, manifest, () => _lookAgain = true);
            var files = isKept(plugin, drop.ContentId) ? null : DropFiles.List(folder);
            if (!NoteChanges($"{files?.Fingerprint()}{_keys} {(signatures is null ? "" : DropSignatures.StampOf(folder))}") && _checkedAtRest == IsAtRest)
            {
                return;
            }

            // Once more before it is refused: a file may have got its content within one tick of the clock that dates files.
            (_checkedAtRest, _couldNotTell) = (IsAtRest, false);
            Judge(drop, files);
        }
        catch (InvalidDataException mistake)
        {
            _fault = mistake.Message;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SourceException)
        {
            // It may be readable, and its signature may be checked, the next time without having changed.
            (_fault, _checked, _couldNotTell) = (failure is SourceException ? $"who signed it cannot be told ({failure.Message})" : $"its files cannot be read ({failure.Message})", null, true);
        }
    }

    // Its signature first: what nobody who is allowed to has signed costs the host no reading. And signed it has to be
    // also when its content is kept: with a greater number an old version would come back.
    private void Judge(Drop drop, DropFiles? files)
    {
        var verdict = signatures?.Verify(drop, _json);
        _fault = verdict?.Problem ?? files?.FindFault(drop.Manifest);
        if (_fault is null)
        {
            (_whole, _wasWhole, _wholeByKeys) = (drop with { Signer = verdict?.Signer }, drop.Manifest.Sequence, _keys);
        }
    }

    /// <returns>Whether its files differ from what they were the last time.</returns>
    private bool NoteChanges(string fingerprint)
    {
        if (fingerprint == _checked)
        {
            return false;
        }

        if (_checked is not null)
        {
            _changedAt = time.GetUtcNow();
        }

        _checked = fingerprint;
        return true;
    }
}
