// A plan as a page: it holds the page's program, which nothing else needs.
import './commands.ts'
import './plan.ts'
import './snapshot.ts'

export { writePage } from '../plan/page.ts'
