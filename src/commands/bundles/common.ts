/*
 * A file of dist/ for each bundle, one for what all calls of kds have in common, completion among them (this), and one for what
 * commands have in common (commands.ts). Left to itself the bundler cuts what several need into dozens of tiny files, and each
 * costs a call most of a millisecond.
 */
import '#base/errors.ts'
import '#base/escape.ts'
import '#base/style.ts'
import '#cli/flags.ts'
import '#cli/style.ts'
import '#commands/sandbox/flags.ts'
