import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Each room with the rooms that it may import. A room may always import itself. */
const mayImport: Record<string, readonly string[]> = {
  base: [],
  yaml: ['base'],
  kube: ['base'],
  placement: ['kube', 'base'],
  controller: ['placement', 'kube', 'base'],
  manifest: ['yaml', 'kube', 'base'],
  cluster: ['manifest', 'yaml', 'kube', 'base'],
  views: ['controller', 'placement', 'kube', 'yaml', 'base'],
  rollout: ['cluster', 'controller', 'placement', 'kube', 'base'],
  sandbox: ['controller', 'placement', 'kube', 'base'],
  cli: [
    'rollout',
    'sandbox',
    'views',
    'cluster',
    'manifest',
    'controller',
    'placement',
    'kube',
    'yaml',
    'base',
  ],
  main: ['cli', 'base'],
}

/** Rooms whose functions depend on their arguments alone. */
const pure = ['base', 'kube', 'placement', 'controller', 'views']
const impure =
  /\bfrom '(node:[^']*)'|\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bsetTimeout\(|\bfrom 'chalk'/

/** One home per dependency. */
const homes: Record<string, RegExp> = {
  commander: /^src\/cli\//,
  'js-yaml': /^src\/yaml\//,
  chalk: /^src\/cli\//,
  'cli-table3': /^src\/views\//,
  '@kubernetes/client-node': /^src\/cluster\/live\//,
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

const roomOf = (file: string) => (file === 'src/main.ts' ? 'main' : (file.split('/')[1] ?? ''))
const importLine = /^(?:import|export)\s[^'"]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm
const importsOf = (text: string) =>
  [...text.matchAll(importLine)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

const files = filesUnder('src').map((file) => ({ file, text: withoutComments(readFileSync(file, 'utf8')) }))

/** Every way in which one file breaks the house rules. */
function violations(file: string, text: string): string[] {
  const room = roomOf(file)
  const allowed = mayImport[room]
  if (!allowed) return [`${file}: no such room '${room}'`]
  const found: string[] = []
  for (const target of importsOf(text)) {
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

  it.each([
    ['src/kube/a.ts', "import { x } from '#controller/b.ts'"],
    ['src/placement/a.ts', "import fs from 'node:fs'"],
    ['src/controller/a.ts', 'const now = Date.now()'],
    ['src/views/a.ts', "import { Command } from 'commander'"],
    ['src/sandbox/a.ts', "import { x } from '../cli/plan.ts'"],
    ['src/manifest/a.ts', 'process.exit(1)'],
    ['src/cli/a.ts', "import leftPad from 'left-pad'"],
  ])('refuses %s with %s', (file, text) => {
    expect(violations(file, text)).not.toEqual([])
  })
})
