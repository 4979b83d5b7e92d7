// Tables, for commands that seldom show one.
import './common.ts'

export { table } from '#views/table.ts'
