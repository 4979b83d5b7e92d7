import { completionScripts } from '#cli/completion/scripts.ts'
import { type Manual, manPages } from '#cli/man/pages.ts'
import { referencePages } from '#cli/man/reference.ts'
import { registry } from './registry.ts'

/** The hand-written files that have a generated part, and what the manual's date is taken from. */
interface WrittenFiles {
  readonly packageJson: string
  readonly changelog: string
}

/** What the manual is dated before the first release. */
const firstDate = '2026-11-21'

/**
 * Every file that is made from the command registry, by its path from the root of the repository: man pages, completion
 * scripts, the command reference, the list of man pages in package.json.
 */
export function generatedFiles({ packageJson, changelog }: WrittenFiles): ReadonlyMap<string, string> {
  const manual: Manual = { ...registry, date: releaseDate(changelog) }
  const pages = manPages(manual)
  const scripts = new Map([...completionScripts.values()].map(({ file, text }) => [file, text]))
  return new Map([
    ...inFolder('man', pages),
    ...inFolder('completions', scripts),
    ...inFolder('docs/reference', referencePages(manual)),
    ['package.json', withManPages(packageJson, [...pages.keys()])],
  ])
}

/** The folders that hold generated files only. */
export const generatedFolders: readonly string[] = ['man', 'completions', 'docs/reference']

const inFolder = (folder: string, files: ReadonlyMap<string, string>) =>
  [...files].map(([name, text]) => [`${folder}/${name}`, text] as const)

/** The day of the newest release in the changelog, as man pages write it. */
function releaseDate(changelog: string): string {
  const [, day = firstDate] = /^## .* - (\d{4}-\d\d-\d\d)$/m.exec(changelog) ?? []
  return new Date(day).toLocaleDateString('en-US', {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    timeZone: 'UTC',
  })
}

function withManPages(text: string, names: readonly string[]): string {
  const content = JSON.parse(text) as Record<string, unknown>
  return `${JSON.stringify({ ...content, man: names.map((name) => `man/${name}`) }, null, 2)}\n`
}
