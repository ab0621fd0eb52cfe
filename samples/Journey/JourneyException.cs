namespace PteGuard.Samples.Journey;

/// <summary>A step did not do what it should; the message says which, and what was seen.</summary>
internal sealed class JourneyException(string message) : Exception(message);
