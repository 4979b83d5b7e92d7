import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { requireDaemonSets } from '#manifest/daemon-sets.ts'
import { readManifests } from '#manifest/read-manifests.ts'
import type { ManifestOptions, Manifests } from '#manifest/types.ts'
import { daemonSet, read, stream, workspace } from '../helpers/workspace.ts'

const names = ({ objects }: Manifests) =>
  objects.map(({ value, source }) => `${source}:${value.metadata?.name}`)
const kinds = ({ objects }: Manifests) => objects.map(({ value }) => `${value.apiVersion} ${value.kind}`)
const readIn = (cwd: string, options: Partial<ManifestOptions>) =>
  readManifests({ files: [], cwd, stdin: stream(), env: {}, ...options })

describe('what -f names', () => {
  const files = {
    'b.yaml': daemonSet('b'),
    'a.yml': daemonSet('a'),
    'c.json': '{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"c"}}',
    'd.txt': daemonSet('d'),
    'below/e.yaml': daemonSet('e'),
    '.hidden.yaml': daemonSet('h'),
  }

  it('several files, in the order given, whatever their names end in', async () => {
    const cwd = workspace(files)
    expect(names(await readIn(cwd, { files: ['d.txt', 'a.yml', join(cwd, 'b.yaml')] }))).toEqual([
      'd.txt:d',
      'a.yml:a',
      `${cwd}/b.yaml:b`,
    ])
  })

  it('a folder: its .yaml, .yml and .json by name', async () => {
    expect(names(await readIn(workspace(files), { files: ['.'] }))).toEqual([
      '.hidden.yaml:h',
      'a.yml:a',
      'b.yaml:b',
      'c.json:c',
    ])
  })

  it('a folder with -R: those below it, too', async () => {
    expect(names(await readIn(workspace(files), { files: ['.'], recursive: true }))).toContain(
      'below/e.yaml:e',
    )
  })

  it('a pattern that the shell left alone', async () => {
    expect(names(await readIn(workspace(files), { files: ['?.y*ml'] }))).toEqual(['a.yml:a', 'b.yaml:b'])
  })

  it('the standard input, in pieces that cut a character', async () => {
    const text = Buffer.from(daemonSet('é'))
    const at = text.indexOf(0xc3) + 1
    const stdin = stream(text.subarray(0, at), text.subarray(at))
    expect(names(await readIn('/', { files: ['-'], stdin }))).toEqual(['stdin:é'])
  })

  it.each([
    ['a missing file', 'nope.yaml', 'no-such-file'],
    ['a pattern without match', 'x*.yaml', 'no-such-file'],
    ['a folder without manifests', 'empty', 'no-manifests'],
    ['too large a file', 'big.yaml', 'too-large'],
  ])('refuses %s', async (_, file, code) => {
    const cwd = workspace({ 'empty/readme.txt': '', 'big.yaml': 'a'.repeat(2000) })
    await expect(readIn(cwd, { files: [file], maxBytes: 1000 })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(file),
    })
  })

  it.skipIf(process.getuid?.() === 0)(
    'refuses a file that may not be read (skipped for root, who may)',
    async () => {
      const cwd = workspace({ 'x.yaml': '' })
      chmodSync(join(cwd, 'x.yaml'), 0)
      await expect(readIn(cwd, { files: ['x.yaml'] })).rejects.toMatchObject({ code: 'unreadable' })
    },
  )

  it.skipIf(process.platform === 'win32')('a pipe with a name, in a folder too', async () => {
    const cwd = workspace({ 'below/x.yaml': '' })
    rmSync(join(cwd, 'below/x.yaml'))
    const pipe = join(cwd, 'below/x.yaml')
    execFileSync('mkfifo', [pipe])
    for (const file of ['below/x.yaml', 'below']) {
      const writing = writeFile(pipe, daemonSet('a'))
      expect(names(await readIn(cwd, { files: [file] }))).toEqual(['below/x.yaml:a'])
      await writing
    }
  })

  it.runIf(existsSync('/dev/zero'))('refuses a device that never ends', async () => {
    await expect(readIn('/', { files: ['/dev/zero'], maxBytes: 1000 })).rejects.toMatchObject({
      code: 'too-large',
    })
  })

  it('stops when the signal is given', async () => {
    const cwd = workspace({ 'x.yaml': daemonSet('a') })
    await expect(readIn(cwd, { files: ['x.yaml'], signal: AbortSignal.abort() })).rejects.toThrow('abort')
  })
})

describe('-k', () => {
  const program = (cwd: string, name: string, script: string) => {
    const cwdBin = join(cwd, 'bin', name)
    chmodSync(cwdBin, 0o755)
    return script
  }

  function withPrograms(programs: Readonly<Record<string, string>>) {
    const files = Object.entries(programs).map(([name, script]) => [`bin/${name}`, `#!/bin/sh\n${script}\n`])
    const cwd = workspace({ 'out.yaml': daemonSet('k'), ...Object.fromEntries(files) })
    for (const [name, script] of Object.entries(programs)) program(cwd, name, script)
    return { cwd, env: { PATH: join(cwd, 'bin') } }
  }

  it('runs kustomize', async () => {
    const { cwd, env } = withPrograms({
      kustomize:
        'test "$*" = "build overlay" && while read -r l; do echo "$l"; done < list.yaml; /bin/cat out.yaml',
      kubectl: 'exit 9',
    })
    expect(names(await readIn(cwd, { kustomize: 'overlay', env }))).toEqual(['kustomize overlay:k'])
  })

  it('runs kubectl where there is no kustomize', async () => {
    const { cwd, env } = withPrograms({ kubectl: 'test "$*" = "kustomize overlay" && /bin/cat out.yaml' })
    expect(names(await readIn(cwd, { kustomize: 'overlay', env }))).toEqual(['kustomize overlay:k'])
  })

  it('tells what the program said', async () => {
    const { cwd, env } = withPrograms({ kustomize: 'echo "Error: no kustomization.yaml" >&2; exit 1' })
    await expect(readIn(cwd, { kustomize: '.', env })).rejects.toMatchObject({
      code: 'kustomize',
      hint: 'no kustomization.yaml',
    })
    const logged = String.raw`E1122 05:04:29.187419   20616 run.go:72] "command failed" err="no \"x\" in ."`
    const kubectl = withPrograms({ kubectl: `echo '${logged}' >&2; exit 1` })
    await expect(readIn(kubectl.cwd, { kustomize: '.', env: kubectl.env })).rejects.toMatchObject({
      message: 'kubectl kustomize . failed',
      hint: 'no "x" in .',
    })
  })

  it('is an error without either program', async () => {
    const { cwd, env } = withPrograms({})
    await expect(readIn(cwd, { kustomize: '.', env })).rejects.toMatchObject({ code: 'no-kustomize' })
  })
})

describe('Lists', () => {
  it.each([
    [
      'kind: List',
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: apps/v1, kind: DaemonSet}\n',
      ['apps/v1 DaemonSet'],
    ],
    [
      'items without kind of a DaemonSetList',
      'apiVersion: apps/v1\nkind: DaemonSetList\nitems: [{}, {}]\n',
      ['apps/v1 DaemonSet', 'apps/v1 DaemonSet'],
    ],
    ['any kind with items', 'apiVersion: v1\nkind: Foo\nitems: [{}]\n', ['v1 Foo']],
    [
      'Lists in Lists',
      'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: PodList, items: [{}]}]\n',
      ['v1 Pod'],
    ],
    ['no items', 'apiVersion: v1\nkind: List\nitems: null\n', []],
  ])('%s', async (_, text, expected) => {
    expect(kinds(await read(text))).toEqual(expected)
  })

  it.each([
    [
      'an item without kind in a plain List',
      'apiVersion: v1\nkind: List\nitems:\n- metadata: {name: a}\n',
      'missing-kind',
      4,
    ],
    [
      'an item with a kind alone',
      'apiVersion: apps/v1\nkind: DaemonSetList\nitems:\n- kind: Foo\n',
      'missing-apiVersion',
      4,
    ],
    ['an item that is no object', 'apiVersion: v1\nkind: List\nitems:\n- 3\n', 'not-an-object', 4],
    ['items that are no list', 'apiVersion: v1\nkind: List\nitems:\n  a: 1\n', 'bad-list', 4],
  ])('refuses %s', async (_, text, code, line) => {
    await expect(read(text)).rejects.toMatchObject({ code, location: { line } })
  })

  it('knows where the fields of items stand', async () => {
    const { objects } = await read('apiVersion: v1\nkind: PodList\nitems:\n- {}\n- metadata:\n    name: b\n')
    expect(objects[1]?.locate(['metadata', 'name'])).toEqual({
      file: 'x.yaml',
      line: 6,
      column: 11,
      text: '    name: b',
    })
    expect(objects[1]?.index).toBe(1)
  })
})

describe('which objects are ours', () => {
  it('DaemonSets of apps/v1; other kinds are counted', async () => {
    const service = '---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n'
    const manifests = await read(`${daemonSet('a')}${service}${service}`)
    expect(manifests.daemonSets.map(({ value }) => value.metadata?.name)).toEqual(['a'])
    expect(manifests.skipped).toEqual([{ apiVersion: 'v1', kind: 'Service', count: 2 }])
    expect(manifests.diagnostics).toEqual([])
  })

  it.each(['extensions/v1beta1', 'apps/v1beta1', 'apps/v1beta2'])('%s, too', async (version) => {
    const { daemonSets, diagnostics } = await read(daemonSet('a').replace('apps/v1', version))
    expect(daemonSets).toHaveLength(1)
    expect(diagnostics).toEqual([])
  })

  it('no DaemonSet of another group', async () => {
    const manifests = await read(daemonSet('a').replace('apps/v1', 'apps.kruise.io/v1alpha1'))
    expect(manifests.daemonSets).toEqual([])
    expect(manifests.diagnostics).toMatchObject([
      { code: 'foreign-daemonset', location: { line: 1, column: 13 } },
    ])
    expect(() => requireDaemonSets(manifests, ['x.yaml'])).toThrow(
      'found: 1 DaemonSet of apps.kruise.io/v1alpha1',
    )
  })

  it('two DaemonSets of one name are an error that names both places', async () => {
    const other = daemonSet('a', '  namespace: other\n')
    const { diagnostics } = await read(`${daemonSet('a')}---\n${other}---\n${daemonSet('a')}`)
    expect(diagnostics).toMatchObject([
      {
        severity: 'error',
        code: 'duplicate-daemonset',
        message: /default\/a .*x\.yaml:4:9/,
        location: { line: 25 },
      },
    ])
  })

  it('requires a DaemonSet, and names what there is', async () => {
    const service = await read('apiVersion: v1\nkind: Service\n')
    expect(() => requireDaemonSets(service, ['x.yaml'])).toThrow('no DaemonSet in x.yaml; found: 1 Service')
    for (const text of ['', '# nothing\n', '---\n']) {
      const empty = await read(text)
      expect(() => requireDaemonSets(empty, ['-'])).toThrow('no Kubernetes object in stdin')
    }
    const daemonSets = await read(daemonSet('a'))
    expect(() => requireDaemonSets(daemonSets, ['x.yaml'])).not.toThrow()
  })
})
