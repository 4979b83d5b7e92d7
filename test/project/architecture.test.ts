import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** The rules stand in the page that people read: the table of rooms, the drawing, the table of libraries. */
const page = readFileSync('docs/architecture.md', 'utf8')
const rows = (head: string) => {
  const [, table = ''] = page.split(`| ${head} |`)
  const lines = table.split('\n').slice(2)
  return lines.slice(0, lines.indexOf('')).map((line) => line.split('|').map((cell) => cell.trim()))
}

/** Each room with the rooms that it may import. A room may always import itself. */
const mayImport = Object.fromEntries(
  rows('room | what lives there | may import').map(([, path = '', , rooms = '']) => [
    path.replace(/^`src\/|(\.ts|\/)?`$/g, ''),
    rooms === 'nothing' ? [] : rooms.split(', '),
  ]),
)

/** The arrows of the drawing, by the room that they start from. */
const drawn = new Map<string, string[]>()
for (const [, from = '', to = ''] of page.matchAll(/^ {2}(\w+) --> (\w+)$/gm))
  drawn.set(from, [...(drawn.get(from) ?? []), to])

/** Rooms whose functions depend on their arguments alone. */
const pure = [
  'base',
  'kube',
  'apiserver',
  'placement',
  'scheduler',
  'controller',
  'lint',
  'views',
  'planning',
]
const impure =
  /\bfrom '(node:[^']*)'|\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bsetTimeout\(|\bfrom 'chalk'/

/** One home per dependency. */
const homes = Object.fromEntries(
  rows('library | home | its work').map(([, name = '', home = '']) => [
    name.replaceAll('`', ''),
    new RegExp(`^src/${home}/`),
  ]),
)

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

const roomOf = (file: string) => (/^src\/\w+\.ts$/.test(file) ? 'main' : (file.split('/')[1] ?? ''))
const importLine = /^(?:import|export)\s[^'"]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm
const importsOf = (text: string) =>
  [...text.matchAll(importLine)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

/** The file of src that an import names; undefined for packages and for files that are no code. */
function fileOf(specifier: string, from: string): string | undefined {
  if (!specifier.endsWith('.ts')) return undefined
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  return specifier.startsWith('.') ? join(from, '..', specifier) : undefined
}

const files = filesUnder('src').map((file) => ({ file, text: withoutComments(readFileSync(file, 'utf8')) }))

/** Folders of single commands: those with a spec. What stands in them is theirs alone, but for the spec itself. */
const commandFolders = (paths: readonly string[]) =>
  new Set(paths.filter((path) => /^src\/commands\/.*\/spec\.ts$/.test(path)).map((path) => dirname(path)))

const folders = commandFolders(files.map(({ file }) => file))

/** The command that a file belongs to; undefined for what commands share. */
const commandOf = (file: string) => [...folders].find((folder) => file.startsWith(`${folder}/`))

/** Bundles gather the code of commands for the bundler; who needs one loads it when it is needed. */
const isBundle = (file: string) => /^src\/commands\/bundles\/(?!(common|shell|commands)\.ts)/.test(file)

/** What is reached from a file by imports that run when the module loads or later; types alone count, too. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string) => {
    const at = path.indexOf(file)
    if (at >= 0) found.push([...path.slice(at), file].join(' -> '))
    if (at >= 0 || done.has(file)) return
    path.push(file)
    for (const next of graph.get(file) ?? []) visit(next)
    path.pop()
    done.add(file)
  }
  for (const file of graph.keys()) visit(file)
  return found
}

/** Every way in which one file breaks the house rules. */
function violations(file: string, text: string): string[] {
  const room = roomOf(file)
  const allowed = mayImport[room]
  if (!allowed) return [`${file}: no such room '${room}'`]
  const found: string[] = []
  for (const target of importsOf(text)) {
    const imported = fileOf(target, file)
    const owner = imported && commandOf(imported)
    if (owner && owner !== commandOf(file) && imported !== `${owner}/spec.ts` && !isBundle(file))
      found.push(`${file}: ${target} belongs to another command`)
    if (imported && isBundle(imported) && !text.includes(`import('${target}')`))
      found.push(`${file}: ${target} is a bundle, use import()`)
    if (target.startsWith('#')) {
      const other = target.slice(1).split('/')[0] ?? ''
      if (other !== room && !allowed.includes(other)) found.push(`${file}: ${room} may not import ${target}`)
    } else if (target.startsWith('.')) {
      const resolved = join(file, '..', target)
      if (roomOf(resolved) !== room && room !== 'main')
        found.push(`${file}: leaves its room by ${target}, use #room/`)
    } else if (!target.startsWith('node:')) {
      const home =
        homes[Object.keys(homes).find((name) => target === name || target.startsWith(`${name}/`)) ?? '']
      if (!home) found.push(`${file}: unknown dependency ${target}`)
      else if (!home.test(file)) found.push(`${file}: ${target} has its home elsewhere`)
    }
  }
  if (pure.includes(room)) {
    const match = impure.exec(text)
    if (match) found.push(`${file}: ${room} is pure, yet has ${match[0]}`)
  } else if (room !== 'main' && /\bprocess\.(?!platform)/.test(text)) {
    found.push(`${file}: only main.ts touches process`)
  }
  return found
}

describe('architecture', () => {
  it('every import points down', () => {
    expect(files.flatMap(({ file, text }) => violations(file, text))).toEqual([])
  })

  it('the page names every room and every library of the code', () => {
    expect(Object.keys(mayImport).sort()).toEqual([...new Set(files.map(({ file }) => roomOf(file)))].sort())
    const used = files
      .flatMap(({ text }) => importsOf(text))
      .filter((target) => /^[@a-z](?!ode:)/.test(target))
    const names = used.map((target) => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0])
    expect(Object.keys(homes).sort()).toEqual([...new Set(names)].sort())
  })

  it('the drawing has a way forevery import, and no arrow that no import needs', () => {
    const imports = new Set(
      files.flatMap(({ file, text }) =>
        importsOf(text).flatMap((target) => {
          const other = roomOf(fileOf(target, file) ?? file)
          return other === roomOf(file) ? [] : [`${roomOf(file)} --> ${other}`]
        }),
      ),
    )
    const reaches = (from: string, to: string): boolean =>
      (drawn.get(from) ?? []).some((next) => next === to || reaches(next, to))
    const arrow = (text: string) => text.split(' --> ') as [string, string]
    expect([...imports].filter((one) => !reaches(...arrow(one)))).toEqual([])
    const arrows = [...drawn].flatMap(([from, all]) => all.map((to) => `${from} --> ${to}`))
    expect(arrows.length).toBeGreaterThan(15)
    expect(arrows.filter((one) => !imports.has(one))).toEqual([])
  })

  it('no file imports itself by way of others', () => {
    const graph = new Map(
      files.map(({ file, text }) => [file, importsOf(text).flatMap((target) => fileOf(target, file) ?? [])]),
    )
    expect(circles(graph)).toEqual([])
  })

  it('sees a circle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['a']],
    ])
    expect(circles(graph)).toEqual(['a -> b -> d -> a'])
  })

  it.each([
    ['src/kube/a.ts', "import { x } from '#controller/b.ts'"],
    ['src/placement/a.ts', "import fs from 'node:fs'"],
    ['src/controller/a.ts', 'const now = Date.now()'],
    ['src/views/a.ts', "import { Command } from 'commander'"],
    ['src/sandbox/a.ts', "import { x } from '../rollout/status.ts'"],
    ['src/cli/a.ts', "import { registry } from '#commands/registry.ts'"],
    ['src/commands/plan/a.ts', "import { x } from '#commands/rollout/undo/undo.ts'"],
    ['src/commands/plan/a.ts', "import { lookUp } from '../bundles/live.ts'"],
    ['src/commands/shared/a.ts', "const { x } = await import('../version/version.ts')"],
    ['src/manifest/a.ts', 'process.exit(1)'],
    ['src/cli/a.ts', "import leftPad from 'left-pad'"],
  ])('refuses %s with %s', (file, text) => {
    expect(violations(file, text)).not.toEqual([])
  })
})
