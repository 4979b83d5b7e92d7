import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { browser, chromium } from '../../helpers/chromium.ts'
import { kds } from '../../helpers/run.ts'
import { type Stage, stage } from '../../helpers/stage.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { nodes, npmCli } from './nodes.ts'

/* `kds/placement` as another project gets it: packed, installed, imported. */

let staged: Stage
let project: string

const inFile = (name: string, text: string) => writeFileSync(join(project, name), text)

beforeAll(async () => {
  staged = stage()
  project = temporaryFolder()
  const stdio: ('ignore' | 'pipe')[] = ['ignore', 'pipe', 'ignore']
  const quiet = { cwd: staged.folder, encoding: 'utf8' as const, stdio }
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], quiet),
  ) as { filename: string }[]
  inFile('package.json', '{"type":"module"}')
  const install = ['install', '--offline', '--no-audit', '--no-fund', `./${packed?.filename}`]
  execFileSync(process.execPath, [npmCli, ...install], { cwd: project, stdio: 'pipe' })
  for (const [name, file] of [
    ['nodes.json', 'cluster'],
    ['daemonset.json', 'gpu-device-plugin'],
  ] as const) {
    const { parseDocuments } = await import('#yaml/parse-documents.ts')
    const { SourceText } = await import('#yaml/source-text.ts')
    const text = readFileSync(`examples/${file}.yaml`, 'utf8')
    const { documents } = await parseDocuments(new SourceText(file, text))
    inFile(name, JSON.stringify(documents[0]?.value))
  }
}, 60_000)

const page = readFileSync('docs/placement-module.md', 'utf8')
const pageExample = /```html\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
const example = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? ''

describe('the installed module', () => {
  it.each(nodes)(
    'runs the example of its page on Node $major (skipped unless npm run nodes brought it)',
    ({ missing, path }) => {
      if (missing) return
      inFile('example.js', example)
      const { stderr, stdout } = spawnSync(path, ['example.js'], { cwd: project, encoding: 'utf8' })
      expect(stderr).toBe('')
      const [first, ...rest] = stdout.trimEnd().split('\n')
      expect(first).toMatch(/^\S+: \d+ of 40 nodes$/)
      expect(rest).not.toEqual([])
    },
  )

  it('tells what the command tells', async () => {
    inFile(
      'same.js',
      `import { readFileSync } from 'node:fs'
       import { plan } from 'kds/placement'
       const read = (name) => JSON.parse(readFileSync(name, 'utf8'))
       console.log(JSON.stringify(plan(read('daemonset.json'), read('nodes.json').items)))`,
    )
    const said = execFileSync(process.execPath, ['same.js'], { cwd: project, encoding: 'utf8' })
    const files = ['-f', join(project, 'daemonset.json'), '--nodes', join(project, 'nodes.json')]
    const { out } = await kds(['plan', ...files, '-o', 'json'])
    expect(JSON.parse(said)).toEqual(JSON.parse(out))
  })

  it.skipIf(!chromium)('tells it in a browser, too (skipped where there is no Chromium)', async () => {
    const told = await browser()
    const blank = await told.newPage()
    await blank.setRequestInterception(true)
    blank.on('request', (request) => {
      const name = new URL(request.url()).pathname.slice(1)
      if (name === '') return void request.respond({ contentType: 'text/html', body: `<body>${pageExample}` })
      const file = name === 'kds-placement.js' ? 'node_modules/kds/dist/placement.js' : name
      if (!existsSync(join(project, file))) return void request.respond({ status: 404 })
      const contentType = name.endsWith('.js') ? 'text/javascript' : 'application/json'
      void request.respond({ contentType, body: readFileSync(join(project, file)) })
    })
    const complaints: string[] = []
    blank.on('pageerror', (error) => void complaints.push(String(error)))
    await blank.goto('http://example.test/')
    await blank.waitForFunction(`document.body.innerText.includes('nodes')`)
    const [text, plan] = (await blank.evaluate(`(async () => {
      const { plan } = await import('kds/placement')
      const read = async (file) => (await fetch(file)).json()
      const list = plan(await read('daemonset.json'), (await read('nodes.json')).items)
      return [document.body.innerText.trim(), JSON.stringify(list)]
    })()`)) as [string, string]
    await told.close()
    const files = ['-f', join(project, 'daemonset.json'), '--nodes', join(project, 'nodes.json')]
    const { out } = await kds(['plan', ...files, '-o', 'json'])
    expect(JSON.parse(plan)).toEqual(JSON.parse(out))
    expect(text).toMatch(/^\d+ of 40 nodes$/)
    expect(complaints).toEqual([])
  })

  it('is as large as its page says', () => {
    const module = readFileSync(join(project, 'node_modules/kds/dist/placement.js'))
    const [, plainSize, wireSize] = /a module of (\d+) kB, (\d+) kB on the wire/.exec(page) ?? []
    expect(module.length / 1000 / Number(plainSize)).toBeCloseTo(1, 1)
    expect(gzipSync(module).length / 1000 / Number(wireSize)).toBeCloseTo(1, 1)
  })

  it('asks nothing of Node', () => {
    const text = readFileSync(join(project, 'node_modules/kds/dist/placement.js'), 'utf8')
    expect(text).not.toMatch(/\b(?:import|require)\b[^;]{0,20}["'(](?:node:|fs|path|crypto)/)
    // A realm with the language alone: no process, no Buffer, no URL.
    inFile(
      'bare.mjs',
      `import { readFileSync } from 'node:fs'
       import vm from 'node:vm'
       const text = readFileSync('node_modules/kds/dist/placement.js', 'utf8')
       const daemonSet = readFileSync('daemonset.json', 'utf8')
       const nodes = readFileSync('nodes.json', 'utf8')
       const context = vm.createContext({})
       const module = new vm.SourceTextModule(text, { context })
       await module.link(() => { throw new Error('it imports something') })
       await module.evaluate()
       context.plan = module.namespace.plan
       const list = vm.runInContext(\`plan(\${daemonSet}, \${nodes}.items)\`, context)
       console.log(list.items[0].nodes.length)`,
    )
    const args = ['--experimental-vm-modules', '--no-warnings', 'bare.mjs']
    expect(execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8' })).toBe('40\n')
  })

  it('brings types that a strict project takes, and that know wrong uses', () => {
    mkdirSync(join(project, 'types'), { recursive: true })
    const use = (body: string) =>
      `import { decide, explain, plan, PlacementError, type PlanList } from 'kds/placement'\n${body}`
    inFile(
      'types/right.ts',
      use(`const list: PlanList = plan({ apiVersion: 'apps/v1', kind: 'DaemonSet' }, [], { cluster: [], now: new Date() })
        const reasons = explain({}, { metadata: { name: 'a' } }).reasons
        for (const reason of reasons) if (reason.code === 'UntoleratedTaint') console.log(reason.taint.key, reason.evicts)
        export const run: boolean | undefined = list.items[0]?.nodes[0]?.shouldRun
        export const told = (error: unknown) => error instanceof PlacementError && error.findings.map(({ field }) => field)
        export const both = decide({}, {}).shouldContinueRunning`),
    )
    inFile(
      'types/wrong.ts',
      use(`plan('x', [], { explain: 'yes' })\nexport { decide, explain, PlacementError }`),
    )
    const check = (file: string) =>
      spawnSync(
        process.execPath,
        [
          resolve('node_modules/typescript/bin/tsc'),
          ...['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2022'],
          ...['--module', 'nodenext', '--types', '', `types/${file}`],
        ],
        { cwd: project, encoding: 'utf8' },
      )
    expect(check('right.ts').stdout).toBe('')
    expect(check('wrong.ts').stdout).toMatch(/TS2345|TS2322/)
  })

  it('lets nobody reach for what is inside', () => {
    inFile('inside.js', `import 'kds/dist/load.cjs'`)
    const { stderr } = spawnSync(process.execPath, ['inside.js'], { cwd: project, encoding: 'utf8' })
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })
})
