import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseYaml } from '#yaml/parse-yaml.ts'
import { SourceText } from '#yaml/source-text.ts'

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const node = (...args: readonly string[]) => execFileSync(process.execPath, args, { encoding: 'utf8' })
const parsed = async (name: string, text: string): Promise<unknown> =>
  (await parseYaml(new SourceText(name, text))).documents[0]?.value

describe('the krew manifest', () => {
  it('is complete once the archives are there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kds-krew-'))
    const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']
    for (const archive of [...platforms.map((one) => `${one}.tar.gz`), 'win32-x64.zip'])
      writeFileSync(join(folder, `kds-${version}-${archive}`), archive)
    const text = node('scripts/pack-krew.mjs', folder, 'https://example.com/kds')
    rmSync(folder, { recursive: true })
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
    expect(names).toEqual(expect.arrayContaining(['commander', 'js-yaml']))
    expect(names).not.toContain('vitest')
    expect(names).not.toContain('esbuild')
  })
})

describe('workflows', () => {
  it.each(readdirSync('.github/workflows'))('%s calls only scripts that are there', async (file) => {
    const text = readFileSync(`.github/workflows/${file}`, 'utf8')
    expect(await parsed(file, text)).toMatchObject({ name: expect.any(String), jobs: expect.any(Object) })
    for (const [, script = ''] of text.matchAll(/(scripts\/[\w-]+\.\w+|\.ci\/run)/g))
      expect(readFileSync(script, 'utf8').length).toBeGreaterThan(100)
  })
})
