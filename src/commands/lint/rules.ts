import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { KdsError, UsageError } from '#base/errors.ts'
import { isObject } from '#base/json.ts'
import { nearest } from '#base/nearest.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { listIn } from '#kube/read.ts'
import { checks } from '#lint/checks.ts'
import type { LintRules } from '#lint/lint.ts'
import { type Severity, severities } from '#lint/types.ts'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { decodeText, type SourceText } from '#yaml/source-text.ts'

const configName = '.kds-lint.yaml'

/** What the exit code fails on: a severity and all that is worse. */
const failLevels = [...severities, 'never'] as const
export type FailLevel = (typeof failLevels)[number]

const ids = checks.map(({ id }) => id)

/** `all`, or the names of checks. @throws by `fail` for one that there is not. */
function known(names: readonly string[], fail: (message: string) => Error): string[] {
  for (const name of names) {
    if (name === 'all' || ids.includes(name)) continue
    const near = nearest(name, ids)
    throw fail(
      `there is no check "${name}"${near ? `, did you mean ${near}?` : ': see kds lint --list-checks'}`,
    )
  }
  return names.includes('all') ? [...ids] : [...names]
}

interface Config {
  readonly disable: readonly string[]
  readonly severity: ReadonlyMap<string, Severity>
  readonly failOn: FailLevel | undefined
}

const nothing: Config = { disable: [], severity: new Map(), failOn: undefined }

const readIfThere = (path: string) =>
  readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined
    throw new KdsError('unreadable', `cannot read ${path}: ${cause.message}`, { cause })
  })

/** The file that `--config` names, else the nearest `.kds-lint.yaml` from the working directory upwards. */
async function findConfig(named: string | undefined, cwd: string): Promise<SourceText | undefined> {
  if (named !== undefined) {
    const bytes = await readIfThere(resolve(cwd, named))
    if (bytes) return decodeText(named, bytes)
    throw new KdsError('no-such-file', `the path ${JSON.stringify(named)} does not exist`)
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const bytes = await readIfThere(join(folder, configName))
    if (bytes) return decodeText(join(folder, configName), bytes)
    if (folder === dirname(folder)) return undefined
  }
}

async function readConfig(source: SourceText): Promise<Config> {
  const [document] = (await parseDocuments(source)).documents
  if (!document || document.value === null) return nothing
  const { value } = document
  const bad = (message: string, ...path: string[]) =>
    new KdsError('bad-config', message, {
      location: document.locate(path),
      hint: 'it takes disable: [ID, …], severity: {ID: error|warning|info} and failOn: error|warning|info|never',
    })
  if (!isObject(value)) throw bad('the configuration must be a mapping')
  for (const key of Object.keys(value))
    if (!['disable', 'severity', 'failOn'].includes(key)) throw bad(`there is no setting "${key}"`, key)
  const disable = known(listIn(value, 'disable').map(String), (message) => bad(message, 'disable'))
  const severity = new Map<string, Severity>()
  for (const [id, level] of Object.entries(isObject(value.severity) ? value.severity : {})) {
    known([id], (message) => bad(message, 'severity', id))
    if (!severities.includes(level as Severity)) throw bad(`"${level}" is not a severity`, 'severity', id)
    severity.set(id, level as Severity)
  }
  const failOn = value.failOn ?? undefined
  if (failOn !== undefined && !failLevels.includes(failOn as FailLevel))
    throw bad(`"${failOn}" is not a level`, 'failOn')
  return { disable, severity, failOn: failOn as FailLevel | undefined }
}

/** What flags and configuration say together: `--enable` goes before `--disable`, and both before the file. */
export async function readRules(
  invocation: Invocation,
  { cwd }: Context,
): Promise<LintRules & { readonly failOn: FailLevel }> {
  const flag = (name: string) =>
    known(
      invocation.list(name),
      (message) => new UsageError(`invalid argument for "--${name}" flag: ${message}`),
    )
  const [enabled, disabled] = [flag('enable'), flag('disable')]
  const source = await findConfig(invocation.text('config'), cwd)
  const config = source ? await readConfig(source) : nothing
  const off = new Set([...config.disable, ...disabled])
  for (const id of enabled) off.delete(id)
  const failOn = (invocation.text('fail-on') as FailLevel | undefined) ?? config.failOn ?? 'warning'
  return { disabled: off, severity: config.severity, failOn }
}
