import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Page } from 'puppeteer-core'
import { describe, expect, it } from 'vitest'
import { chromium } from '../helpers/chromium.ts'
import { kds } from '../helpers/run.ts'
import { largeCluster } from './large-cluster.ts'
import { agent, at, complaintsOf, edit, reader, textOf, toldByCommand, toldByPage } from './stage.ts'

const spot = `nodeSelector:
  kubernetes.io/os: linux
tolerations:
- key: node-role.kubernetes.io/control-plane
  operator: Exists
- key: node.example.com/spot
  value: "true"
  effect: NoSchedule
`

/** The manifest with other fields where the pods' placement stands. */
async function manifestWith(folder: string, file: string, stanza: string): Promise<string> {
  const { parseDocuments } = await import('#yaml/parse-documents.ts')
  const { SourceText } = await import('#yaml/source-text.ts')
  const read = async (text: string) => (await parseDocuments(new SourceText(file, text))).documents
  const documents = (await read(readFileSync(file, 'utf8'))).map(({ value }) => value)
  const [fields] = (await read(stanza)).map(({ value }) => value as object)
  for (const one of documents as {
    kind?: string
    spec?: { template?: { spec?: Record<string, unknown> } }
  }[]) {
    const spec = one?.kind === 'DaemonSet' ? one.spec?.template?.spec : undefined
    if (!spec) continue
    for (const name of ['nodeSelector', 'affinity', 'tolerations']) delete spec[name]
    Object.assign(spec, fields)
  }
  const edited = join(folder, 'edited.json')
  writeFileSync(edited, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: documents }))
  return edited
}

describe.skipIf(!chromium)('the page of a plan, in Chromium (skipped where there is none)', () => {
  const { folder, ...stage } = reader()
  let page: Page
  const open = async (...argv: string[]) => {
    page = await stage.open(...argv)
    return page
  }

  it.each([
    ['against a snapshot', agent],
    ['on nodes alone', ['-f', 'examples/log-agent.yaml', '--nodes', 'examples/cluster.yaml']],
    ['that matches nothing', ['-f', 'examples/nowhere.yaml', '--nodes', 'examples/cluster.yaml']],
  ])('tells what the command tells, %s', async (_, argv) => {
    await open(...argv)
    expect(await toldByPage(page)).toEqual(await toldByCommand(argv))
    expect(complaintsOf(page)).toEqual([])
  })

  it.each([
    ['a toleration', 'log-agent-v2', at, spot],
    ['none at all', 'log-agent-v2', at, ''],
    ['a selector', 'log-agent-v2', at, 'nodeSelector: {kubernetes.io/arch: arm64}\n'],
    [
      'an affinity, on nodes alone',
      'log-agent',
      ['--nodes', 'examples/cluster.yaml'],
      `affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
      - matchExpressions: [{key: kubernetes.io/arch, operator: NotIn, values: [arm64]}]
tolerations: [{operator: Exists}]
`,
    ],
    ['what matches nothing', 'log-agent', ['--nodes', 'examples/cluster.yaml'], 'nodeSelector: {a: b}\n'],
  ])(
    'edited to %s it tells what the command would tell of that manifest',
    async (_, name, cluster, stanza) => {
      const file = `examples/${name}.yaml`
      await open('-f', file, ...cluster)
      const before = await toldByPage(page)
      await edit(page, stanza)
      const after = await toldByPage(page)
      expect(after).toEqual(await toldByCommand(['-f', await manifestWith(folder, file, stanza), ...cluster]))
      expect(after.nodes).not.toEqual(before.nodes)
      expect(await textOf(page, '#edited')).toContain(before.head)
      expect(complaintsOf(page)).toEqual([])
      await page.click('#reset')
      await page.waitForFunction(() => document.querySelector<HTMLElement>('#edited')?.hidden)
      expect(await toldByPage(page)).toEqual(before)
    },
  )

  it('held against an older manifest', async () => {
    const nodes = ['--nodes', 'examples/cluster.yaml']
    const argv = ['-f', 'examples/log-agent-v2.yaml', '--from', 'examples/log-agent.yaml', ...nodes]
    await open(...argv)
    expect((await toldByPage(page)).head).toBe((await toldByCommand(argv)).head)
    await edit(page, spot)
    const edited = await manifestWith(folder, 'examples/log-agent-v2.yaml', spot)
    const expected = await toldByCommand(['-f', edited, '--from', 'examples/log-agent.yaml', ...nodes])
    expect((await toldByPage(page)).head).toBe(expected.head)
  })

  describe('what is wrong with an edit', () => {
    it.each([
      ['no YAML', 'tolerations:\n- key: a\n  operator: [Exists\n', /line [34]/],
      ['an unknown field', 'tolerations:\n- key: a\n  oprator: Exists\n', /line 3.*unknown field.*oprator/s],
      [
        'an unknown value',
        'tolerations:\n- key: a\n  operator: Exist\n',
        /line 3.*Unsupported value: "Exist"/s,
      ],
      ['a wrong type', 'nodeSelector:\n  a: b\n  c: true\n', /line 3/],
      [
        'another field',
        'tolerations: []\nhostNetwork: true\n',
        /line 2.*"hostNetwork" cannot be edited here/s,
      ],
      ['the same key twice', 'nodeSelector:\n  a: b\n  a: c\n', /line 3.*set twice/s],
      ['a list', '- key: a\n', /line 1.*nodeSelector, affinity and tolerations/s],
    ])('%s is told with its line, and the map stays', async (_, text, said) => {
      if (!page || page.isClosed()) await open(...agent)
      await edit(page, spot)
      const before = await toldByPage(page)
      await edit(page, text)
      expect(await textOf(page, '#said')).toMatch(said)
      expect(await page.$eval('#stanza', (area) => area.getAttribute('aria-invalid'))).toBe('true')
      expect(await toldByPage(page)).toEqual(before)
    })

    it('the line is chosen by its button', async () => {
      await edit(page, 'nodeSelector:\n  a: b\n  c: true\n')
      await page.click('#said button')
      const chosen = await page.$eval('#stanza', (area) => {
        const { selectionEnd, selectionStart, value } = area as HTMLTextAreaElement
        return value.slice(selectionStart, selectionEnd)
      })
      expect(chosen).toBe('  c: true')
    })
  })

  it('tolerates a taint by a button, copies the stanza, and keeps what was written', async () => {
    await open(...agent)
    await edit(
      page,
      '# who may go where\ntolerations:\n  # of the platform\n  - key: a\n    operator: Exists\n',
    )
    const label = await page.evaluate(() => {
      const button = [...document.querySelectorAll('#reasons button')].find((one) =>
        one.textContent?.startsWith('Tolerate dedicated='),
      )
      ;(button as HTMLElement).click()
      return button?.textContent
    })
    expect(label).toBe('Tolerate dedicated=ingest:NoExecute')
    await page.waitForFunction(() =>
      document.querySelector<HTMLTextAreaElement>('#stanza')?.value.includes('ingest'),
    )
    await page.click('#copy')
    await page.waitForFunction(() => document.querySelector('#copied')?.textContent !== '')
    const copied = await page.evaluate(() => (globalThis as unknown as { copied: string[] }).copied)
    expect(copied).toHaveLength(1)
    expect(copied[0]).toMatch(/^# who may go where\ntolerations:\n[\s\S]*# of the platform/)
    expect(copied[0]).toContain('key: dedicated')
    const edited = await manifestWith(folder, 'examples/log-agent-v2.yaml', copied[0] ?? '')
    await page.waitForFunction(() => document.querySelector('#said')?.textContent?.startsWith('Edited'))
    expect(await textOf(page, '#copied')).toBe('Copied. It belongs under spec.template.spec.')
    expect(await toldByPage(page)).toEqual(await toldByCommand(['-f', edited, ...at]))
  })

  it('shows one kind of nodes, what is searched for, and the rules of a node', async () => {
    await open(...agent)
    const rows = () => page.$$eval('#rows tr:not(.more)', (all) => all.length)
    expect(await rows()).toBe(40)
    await page.click('#legend [data-key="kind-create"]')
    expect([await rows(), await textOf(page, '#found')]).toEqual([3, '3 of 40 nodes'])
    await page.click('#legend [data-key="kind-create"]')
    await page.type('#search', 'NoExecute dedicated')
    expect(await rows()).toBe(3)
    await page.click('#rows button.open')
    expect(await textOf(page, '#rows pre')).toContain('✘ taint dedicated=ingest:NoExecute')
  })

  it('says first that pods are refused, then what helps, then the numbers', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'logging', labels } }
    writeFileSync(join(folder, 'namespace.json'), JSON.stringify(namespace))
    const cluster = ['--snapshot', join(folder, 'namespace.json'), '--nodes', 'examples/cluster.yaml']
    await open('-f', 'examples/log-agent-v2.yaml', ...cluster)
    expect(await textOf(page, 'h1')).toBe(
      '0 of 27 pods would be admitted: PodSecurity "restricted:latest": restricted volume types and 2 more',
    )
    const notes = await page.$$eval('#notes p', (all) => all.map((one) => one.textContent))
    expect(notes[1]).toContain('kubectl label namespace logging')
    expect(notes[2]).toBe('27 refused')
  })

  it('tells apart the nodes on which pods of others have to go, and which pods', async () => {
    await open('-f', 'examples/cni-agent.yaml', ...at)
    const legend = await page.$$eval('#legend button', (all) => all.map((one) => one.textContent))
    const letters = await page.$$eval('#map button', (all) => all.map((one) => one.textContent))
    expect(legend[0]).toBe('E1 create, evicts pods')
    expect(letters.filter((letter) => letter === 'E')).toHaveLength(1)
    await page.click('#legend button')
    expect(await textOf(page, '#found')).toBe('1 of 40 nodes')
    const sections = await page.$$eval('.why', (all) => all.map((one) => one.textContent))
    expect(sections.at(-1)).toMatch(/^evicts 1 pod.*ml\/finetune-2026-09-13-8vhbl.*ip-10-0-34-202$/)
    expect(await textOf(page, '#reasons > .note')).toBe(
      'Names are shown without .eu-west-1.compute.internal.',
    )
  })

  it('a kind that an edit empties can be chosen off', async () => {
    await open(...agent)
    await page.click('#legend [data-key="kind-create"]')
    await edit(page, 'nodeSelector: {a: b}\n')
    expect(await textOf(page, '#legend [data-key="kind-create"]')).toBe('+0 create −3')
    await page.click('#legend [data-key="kind-create"]')
    expect(await textOf(page, '#found')).toBe('40 nodes')
  })

  it('offers no choice where there is one DaemonSet, and nothing more where all is shown', async () => {
    await open(...agent)
    const shown = await page.$$eval('#choices, #all, #edited', (all) =>
      all.map((one) => one.checkVisibility()),
    )
    expect(shown).toEqual([false, false, false])
  })

  it('several DaemonSets stand in one page, each with its edit', async () => {
    const files = ['-f', 'examples/platform-tools.yaml', '-f', 'examples/log-agent.yaml']
    const argv = [...files, '--nodes', 'examples/cluster.yaml']
    await open(...argv)
    const names = await page.$$eval('#choices strong', (all) => all.map((one) => one.textContent))
    const { out } = await kds(['plan', ...argv, '-o', 'json'])
    const items = JSON.parse(out).items as { daemonSet: { namespace: string; name: string } }[]
    expect(names).toEqual(items.map(({ daemonSet: { name, namespace } }) => `${namespace}/${name}`))
    await edit(page, 'nodeSelector: {a: b}\n')
    const edited = await toldByPage(page)
    await page.click('#choices button:nth-child(2)')
    await page.waitForFunction((name) => document.querySelector('#name')?.textContent === name, {}, names[1])
    expect(await toldByPage(page)).not.toEqual(edited)
    await page.click('#choices button:nth-child(1)')
    await page.waitForFunction((name) => document.querySelector('#name')?.textContent === name, {}, names[0])
    expect(await toldByPage(page)).toEqual(edited)
    expect(complaintsOf(page)).toEqual([])
  })

  describe('what comes from a cluster is text', () => {
    const evil = '</script><img src=x onerror="globalThis.hacked=1">\'"&\u2028\u202e\u0007{{x}}<!--<script>'

    it('in names, labels, taints, pods, messages', async () => {
      const node = (name: string) => ({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels: { 'topology.kubernetes.io/zone': `a${evil}`, pool: name } },
        spec: { taints: [{ key: `k${evil}`, value: evil, effect: 'NoSchedule' }] },
        status: {
          allocatable: { cpu: '1', pods: '10' },
          conditions: [{ type: 'Ready', status: 'False', message: evil }],
        },
      })
      const metadata = {
        name: `x${evil}`,
        namespace: 'default',
        annotations: { a: evil },
        labels: { a: evil },
      }
      const template = {
        metadata: { labels: { a: 'b' } },
        spec: {
          nodeSelector: { [`s${evil}`]: evil },
          containers: [{ name: 'c', image: evil, env: [{ name: 'TOKEN', value: 'hunter2' }] }],
        },
      }
      const daemonSet = {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata,
        spec: { selector: { matchLabels: { a: 'b' } }, template },
      }
      const current = structuredClone(daemonSet)
      current.spec.template.spec.containers[0] = {
        name: 'c',
        image: `old${evil}`,
        env: [{ name: 'TOKEN', value: 'hunter1' }],
      }
      writeFileSync(join(folder, 'evil.json'), JSON.stringify(daemonSet))
      const items = [node(`n${evil}`), node('plain'), { ...current, metadata: { ...metadata, uid: 'u' } }]
      writeFileSync(join(folder, 'cluster.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
      await open('-f', join(folder, 'evil.json'), '--force', '--snapshot', join(folder, 'cluster.json'))
      await edit(page, `tolerations:\n- key: ${JSON.stringify(evil)}\n  operator: Exists\n`)
      await edit(page, '')
      await page.click('#rows button.open')
      const found = await page.evaluate(() => ({
        images: document.querySelectorAll('img').length,
        scripts: document.querySelectorAll('script').length,
        hacked: 'hacked' in globalThis,
        text: document.querySelector('#page')?.textContent ?? '',
      }))
      expect(found).toMatchObject({ images: 0, scripts: 4, hacked: false })
      expect(found.text).toContain('<img src=x onerror=')
      expect(found.text).not.toMatch(/(?!\n|\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(complaintsOf(page)).toEqual([])
    })

    it('values of environments are not in it', () => {
      const html = readFileSync(join(folder, 'plan.html'), 'utf8')
      const packed = /id="kds-data">([^<]*)</.exec(html)?.[1] ?? ''
      const data = gunzipSync(Buffer.from(packed, 'base64')).toString()
      expect(data).toContain('kds-hidden-')
      expect(data + html).not.toMatch(/hunter[12]/)
      expect(html).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    })
  })

  it('its policy lets nothing in and nothing out', async () => {
    await open(...agent)
    const policy = await page.$eval('meta[http-equiv]', (meta) => meta.getAttribute('content') ?? '')
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-\S+' 'sha256-\S+'; style-src 'sha256-\S+';/,
    )
    expect(policy).not.toContain('unsafe')
    const tried = await page.evaluate(async () => {
      const attempt = async (work: () => unknown) => {
        try {
          await work()
          return 'done'
        } catch (error) {
          return (error as Error).name
        }
      }
      return [
        await attempt(() => {
          document.body.innerHTML += '<b>x</b>'
        }),
        await attempt(() => {
          const script = document.createElement('script')
          script.textContent = 'globalThis.hacked = 1'
          document.head.append(script)
        }),
        // Past what the debugger, which runs this, is allowed itself.
        await attempt(
          () =>
            new Promise((resolve, reject) =>
              setTimeout(() => {
                try {
                  // biome-ignore lint/security/noGlobalEval: it is what the policy is to refuse
                  resolve(eval('1'))
                } catch (error) {
                  reject(error)
                }
              }),
            ),
        ),
        await attempt(() => fetch('data:text/plain,x')),
      ]
    })
    expect(tried.filter((one) => one === 'done')).toEqual([])
  })

  it('is smaller than 400 kB with 1,000 nodes and the pods on them', async () => {
    writeFileSync(join(folder, 'large.json'), JSON.stringify(largeCluster(1000, 10)))
    await open('-f', 'examples/log-agent-v2.yaml', '--snapshot', join(folder, 'large.json'), '--force')
    expect(readFileSync(join(folder, 'plan.html')).length).toBeLessThan(400_000)
    expect(Object.keys((await toldByPage(page)).nodes)).toHaveLength(1000)
    await edit(page, spot)
    const file = await manifestWith(folder, 'examples/log-agent-v2.yaml', spot)
    const argv = ['-f', file, '--snapshot', join(folder, 'large.json'), '--force']
    expect(await toldByPage(page)).toEqual(await toldByCommand(argv))
  })

  it('without scripts it is the text of the plan', async () => {
    const still = await page.browser().newPage()
    await still.setJavaScriptEnabled(false)
    await kds(['plan', ...agent, '-o', 'html']).then(({ out }) =>
      writeFileSync(join(folder, 'plan.html'), out),
    )
    await still.goto(`file://${join(folder, 'plan.html')}`)
    const { out } = await kds(['plan', ...agent])
    expect(await still.$eval('#plain', (element) => element.textContent)).toContain(out.split('\n')[0])
    await still.close()
  })
})
