// What begins to connect to a cluster, before the command that talks to it is loaded.
import './shell.ts'

export { beginConnecting } from '../shared/ahead.ts'
