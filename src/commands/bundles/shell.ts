// What the shell and the commands have in common: see common.ts.
import './common.ts'
import '#base/nearest.ts'
import '#base/width.ts'
import '#base/wrap.ts'
import '#cli/report.ts'
