import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseYaml } from '#yaml/parse-yaml.ts'
import { SourceText } from '#yaml/source-text.ts'
import { builtDist } from '../../helpers/built-dist.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const node = (...args: readonly string[]) => execFileSync(process.execPath, args, { encoding: 'utf8' })
const parsed = async (name: string, text: string): Promise<unknown> =>
  (await parseYaml(new SourceText(name, text))).documents[0]?.value

describe('the krew manifest', () => {
  it('is complete once the archives are there', async () => {
    const folder = temporaryFolder()
    const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']
    for (const archive of [...platforms.map((one) => `${one}.tar.gz`), 'win32-x64.zip'])
      writeFileSync(join(folder, `kds-${version}-${archive}`), archive)
    const text = node('scripts/pack-krew.mjs', folder, 'https://example.com/kds')
    expect(text).not.toContain('{{')
    const { spec, metadata } = (await parsed('kds.yaml', text)) as {
      metadata: { name: string }
      spec: {
        version: string
        shortDescription: string
        platforms: { uri: string; sha256: string; bin: string }[]
      }
    }
    expect(metadata.name).toBe('kds')
    expect(spec.version).toBe(`v${version}`)
    expect(spec.shortDescription.length).toBeLessThan(60)
    expect(spec.platforms.length).toBe(5)
    for (const { uri, sha256 } of spec.platforms) {
      expect(uri).toMatch(
        /^https:\/\/example\.com\/kds\/releases\/download\/v[\d.]+\/kds-[\d.]+-\w+-\w+\.(tar\.gz|zip)$/,
      )
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    }
    expect(new Set(spec.platforms.map(({ sha256 }) => sha256)).size).toBe(5)
  })
})

describe('the SBOM', () => {
  it('names what is in the bundle and nothing that only builds it', () => {
    const sbom = JSON.parse(node('scripts/pack-sbom.mjs')) as {
      components: { name: string; version: string }[]
    }
    const names = sbom.components.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['commander', 'js-yaml', 'bun']))
    expect(names).not.toContain('vitest')
    expect(names).not.toContain('esbuild')
  })
})

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

describe.each(readdirSync('.github/workflows'))('the workflow %s', (file) => {
  const text = readFileSync(`.github/workflows/${file}`, 'utf8')
  const workflow = async () => (await parsed(file, text)) as Workflow
  const writes = ({ permissions = {} }: Pick<Job, 'permissions'>) =>
    Object.keys(permissions).filter((scope) => permissions[scope] === 'write')

  it('calls only scripts that are there', async () => {
    expect(await workflow()).toMatchObject({ name: expect.any(String), jobs: expect.any(Object) })
    for (const [, script = ''] of text.matchAll(/(scripts\/[\w-]+\.\w+|\.ci\/run)/g))
      expect(readFileSync(script, 'utf8').length).toBeGreaterThan(100)
  })

  it('pins each action by its commit, one commit an action, with the version beside it', () => {
    const uses = [...text.matchAll(/^.*\buses:(.*)$/gm)].map(([, rest = '']) => rest.trim())
    expect(uses.length).toBeGreaterThan(0)
    for (const one of uses) expect(one).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
    expect(new Set(uses).size).toBe(new Set(uses.map((one) => one.split('@')[0])).size)
  })

  it('pins each image by its digest', () => {
    const images = [...text.matchAll(/\b(?:image|IMAGE): (.+)$/gm)].map(([, image]) => image)
    for (const one of images) expect(one).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/)
    expect(images.length).toBe(file === 'release.yml' ? 1 : 0)
  })

  it('may write nothing unless a job asks for it, and that job runs no code of the repository or of packages', async () => {
    const { jobs, permissions } = await workflow()
    expect(permissions).toEqual({ contents: 'read' })
    for (const job of Object.values(jobs).filter((one) => writes(one).length > 0)) {
      const lines = job.steps.map(({ run = '', uses = '' }) => run + uses).join('\n')
      expect(lines).not.toMatch(/actions\/checkout|npm (ci|install|run|test|pack)|npx|node |scripts\/|\.ci\//)
      for (const { run = '' } of job.steps)
        if (/npm publish/.test(run)) expect(run).toContain('--ignore-scripts')
    }
  })

  it('keeps no token: none in the secrets, none in the clone', async () => {
    expect(text).not.toMatch(/secrets\.|_TOKEN: (?!\$\{\{ github\.token \}\})|--provenance=false/)
    const steps = Object.values((await workflow()).jobs).flatMap((job) => job.steps)
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      expect(step.with).toMatchObject({ 'persist-credentials': false })
  })
})

describe('the release', () => {
  it('has a single file for each system that there is a Bun for', async () => {
    const { systems } = (await import('../../../scripts/executable/bun.mjs' as string)) as {
      systems: string[]
    }
    const text = readFileSync('.github/workflows/release.yml', 'utf8')
    const built = [...text.matchAll(/\bsystem: ([\w-]+)/g)].map(([, system]) => system)
    expect(built.sort()).toEqual([...systems].sort())
  })

  it('proves to npm who publishes, in the job that does', async () => {
    const text = readFileSync('.github/workflows/release.yml', 'utf8')
    const { jobs } = (await parsed('release.yml', text)) as Workflow
    const publishing = Object.values(jobs).filter(({ steps }) =>
      steps.some(({ run }) => run?.includes('npm publish')),
    )
    expect(publishing.map(({ permissions }) => permissions)).toEqual([
      { 'id-token': 'write', attestations: 'write' },
    ])
    const asking = Object.values(jobs).filter(({ permissions }) => permissions?.contents === 'write')
    expect(asking.map(({ permissions }) => permissions)).toEqual([{ contents: 'write' }])
  })

  it('brings the licences of all that is in it', () => {
    const texts = readFileSync(join(builtDist(), 'THIRD_PARTY_LICENSES.txt'), 'utf8')
    const [, ...parts] = texts.split(/^(?=\S+ \d+\.\d+\.\d+\S* \(.*\)$)/m)
    expect(parts.length).toBeGreaterThan(10)
    for (const part of parts) expect(part).toMatch(/permission|licen[cs]e/i)
    for (const part of parts) expect(part.length).toBeGreaterThan(500)
    const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] }
    expect(files).toEqual(expect.arrayContaining(['dist', 'LICENSE']))
  })
})
