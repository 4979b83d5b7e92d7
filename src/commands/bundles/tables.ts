// Tables, for commands that seldom show one.
import './commands.ts'

export { table } from '#views/table.ts'
