// What the compiled files call, without bodies.
