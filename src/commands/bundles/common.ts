/*
 * A file of dist/ for each bundle, and one for this, which all of them have in common. Left to itself the bundler cuts what
 * several need into dozens of tiny files, and each costs a command most of a millisecond.
 */
import '#base/errors.ts'
import '#base/escape.ts'
import '#base/field-path.ts'
import '#base/json.ts'
import '#base/nearest.ts'
import '#base/style.ts'
import '#base/width.ts'
import '#base/wrap.ts'
import '#cli/exit-codes.ts'
import '#cli/flags.ts'
import '#cli/report.ts'
import '#cli/structured.ts'
import '#cli/style.ts'
import '#cluster/api-error.ts'
import '#cluster/resources.ts'
import '#commands/sandbox/flags.ts'
import '#commands/shared/inputs/context.ts'
import '#kube/duration.ts'
import '#kube/retired.ts'
import '#views/names.ts'
