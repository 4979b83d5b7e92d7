/*
 * What all calls of kds have in common, completion among them; shell.ts is what help and commands have in common beyond that,
 * commands.ts what commands have. Each becomes one file of dist/, as each bundle does. Left to itself the bundler cuts what
 * several need into dozens of tiny files, and each costs a call most of a millisecond.
 */
import '#base/errors.ts'
import '#base/escape.ts'
import '#base/style.ts'
import '#cli/completion/candidate.ts'
import '#cli/completion/targets.ts'
import '#cli/completion/typed.ts'
import '#cli/flags.ts'
import '#cli/style.ts'
import '#commands/sandbox/flags.ts'
import '#commands/shared/connection-flags.ts'
