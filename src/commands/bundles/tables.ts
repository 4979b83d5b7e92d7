// Tables and other forms that are seldom asked for.
import './commands.ts'

export { table, tableLines } from '#views/table.ts'
export { toKyaml } from '#yaml/kyaml.ts'
