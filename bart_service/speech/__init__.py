"""Speech: voices that turn a sentence into samples, and audio files streamed sentence by sentence."""
