// What begins to connect to a cluster, before the commands are loaded.
import './shell.ts'

export { beginConnecting } from '../shared/ahead.ts'
