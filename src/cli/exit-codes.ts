/** Exit code of a command that Ctrl-C ended. */
export const interrupted = 130
