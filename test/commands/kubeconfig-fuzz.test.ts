import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changed, changedTexts, expectOwnEnd, type Json, placesOf } from '../helpers/any-structure.ts'
import { liveKds } from '../helpers/live-world.ts'
import { longest, runs } from '../helpers/random-cases.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { fixture, type LyingServer, lyingServer } from './lying-server.ts'

const commands = [
  'version',
  'rollout history ds/a',
  'rollout status ds/a --watch=false',
  'rollout restart ds/a',
  'plan ds/a',
]

const text = (name: string) => readFileSync(fixture(name), 'utf8')
const data = (name: string) => Buffer.from(text(name)).toString('base64')
const jwt = (claims: object) => `SECRET.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`
const credential = {
  kind: 'ExecCredential',
  apiVersion: 'client.authentication.k8s.io/v1',
  spec: { interactive: false },
  status: {
    token: 'SECRET-E',
    expirationTimestamp: '2099-01-01T00:00:00Z',
    clientCertificateData: text('client.crt'),
    clientKeyData: text('client.key'),
  },
}
const plugin = (answer: string): { [key: string]: Json } => ({
  exec: {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'echo',
    args: [answer],
    env: [{ name: 'A', value: 'b' }],
    interactiveMode: 'Never',
    provideClusterInfo: true,
    installHint: 'install it',
  },
})

const folder = temporaryFolder()
const file = (name: string, content: string) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const users: Readonly<Record<string, { [key: string]: Json }>> = {
  token: { token: 'SECRET-T', username: '', password: '' },
  'token file': { tokenFile: file('token', 'SECRET-F') },
  password: { username: 'u', password: 'SECRET-P' },
  certificate: { 'client-certificate': fixture('client.crt'), 'client-key': fixture('client.key') },
  'certificate as data': {
    'client-certificate-data': data('client.crt'),
    'client-key-data': data('client.key'),
  },
  plugin: plugin(JSON.stringify(credential)),
  provider: {
    'auth-provider': {
      name: 'oidc',
      config: {
        'idp-issuer-url': 'https://127.0.0.1:1',
        'client-id': 'c',
        'client-secret': 'SECRET-S',
        'id-token': jwt({ exp: 4102444800 }),
        'refresh-token': 'SECRET-R',
        'idp-certificate-authority-data': data('ca.crt'),
      },
    },
  },
  'who acts for another': {
    token: 'SECRET-T',
    as: 'ann',
    'as-uid': '7',
    'as-groups': ['g', 'h'],
    'as-user-extra': { 'a/B': ['x', 'y'] },
  },
}

const configOf = (server: string, user: Json): Json => ({
  apiVersion: 'v1',
  kind: 'Config',
  preferences: {},
  'current-context': 'x',
  clusters: [
    {
      name: 'c',
      cluster: {
        server,
        'certificate-authority': '',
        'certificate-authority-data': data('ca.crt'),
        'tls-server-name': 'localhost',
        'insecure-skip-tls-verify': false,
        'disable-compression': true,
        'proxy-url': '',
        extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } }],
      },
    },
  ],
  users: [{ name: 'u', user }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'default', extensions: [] } }],
})

/** What could stand where an address, a path, a name or base64 is meant. */
const also = [
  'https://[bad',
  'http://127.0.0.1:1',
  'HTTPS://127.0.0.1:1/',
  'socks5://127.0.0.1:1',
  'ftp://u:p@127.0.0.1:1',
  '/tmp',
  '/nonexistent',
  '..',
  'a\nb',
  'a\u0000b',
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==',
  '=',
]

/** Places that have an anchor, are an alias of it, take its keys in, or say a key twice. */
interface Knots {
  readonly anchor: string
  readonly alias: string
  readonly merge: string
  readonly twice: string
}

/** Flow-style YAML. An alias inside of its anchor makes a circle; before it, a name that is not known. */
function yamlOf(value: Json, knots: Knots, path = ''): string {
  if (path === knots.alias) return '*a'
  const anchor = path === knots.anchor ? '&a ' : ''
  const inside = (key: string | number, part: Json) => yamlOf(part, knots, `${path}/${key}`)
  if (Array.isArray(value)) return `${anchor}[${value.map((part, i) => inside(i, part)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return anchor + JSON.stringify(value ?? null)
  const entries = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${inside(key, part)}`)
  const merge = path === knots.merge ? ['<<: *a'] : []
  const twice = path === knots.twice ? entries.slice(0, 1) : []
  return `${anchor}{${[...merge, ...entries, ...twice].join(', ')}}`
}

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]
${'bcdefghi'.replace(/./g, (name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]\n`)}`

/** One file: JSON, YAML with knots in it, or something that begins like one. */
function fileOf(config: Json): fc.Arbitrary<string> {
  const place = fc.constantFrom(...placesOf(config).map((path) => ['', ...path].join('/')))
  const any = changed(config, { min: 0, also })
  const knots = fc.record({ anchor: place, alias: place, merge: place, twice: place })
  const none = { anchor: '-', alias: '-', merge: '-', twice: '-' }
  const yaml = fc.tuple(
    any,
    fc.oneof(
      fc.constant(none),
      knots,
      knots.map((all) => ({ ...none, ...all, alias: '-' })),
    ),
  )
  return fc.oneof(
    { weight: 8, arbitrary: changedTexts(config, also).map((one) => JSON.stringify(one)) },
    { weight: 4, arbitrary: any.map((one) => JSON.stringify(one) ?? '') },
    { weight: 4, arbitrary: yaml.map(([one, ties]) => yamlOf(one, ties)) },
    any.chain((one) => {
      const whole = yamlOf(one, none)
      return fc.constantFrom(
        whole.slice(0, whole.length / 2),
        `\ufeff${whole}`,
        `---\n${whole}\n---\n${whole}\n`,
        `${whole}\u0000`,
        whole.replaceAll(' ', '\t'),
        `- ${whole}`,
        '',
        '\u0000\u0001',
        bomb,
      )
    }),
  )
}

describe('kubeconfigs of any structure', () => {
  let server: LyingServer
  beforeAll(async () => {
    server = await lyingServer(true)
    file('honest', JSON.stringify(configOf(server.url, users.token ?? {})))
  })
  afterAll(() => server.close())

  it.each(Object.keys(users))('%s: the whole one is understood', async (user) => {
    const kubeconfig = file('whole', JSON.stringify(configOf(server.url, users[user] ?? {})))
    expect(await liveKds(['rollout', 'history', 'ds/a'], { kubeconfig })).toMatchObject({ err: '', exit: 0 })
  })

  it(
    'plugin: whatever it answers is understood or told',
    async () => {
      const check = fc.asyncProperty(changed(credential, { also }), async (answer) => {
        const user = plugin(JSON.stringify(answer) ?? '')
        const kubeconfig = file('answered', JSON.stringify(configOf(server.url, user)))
        const run = await liveKds(['rollout', 'history', 'ds/a', '--request-timeout=2s'], { kubeconfig })
        expectOwnEnd(run, [0, 1])
        expect(run.out + run.err).not.toMatch('SECRET')
      })
      await fc.assert(check, runs(60))
    },
    longest,
  )

  it.each(Object.keys(users))(
    '%s: any command ends by an exit code of its own, and shows no secret',
    async (user) => {
      const config = configOf(server.url, users[user] ?? {})
      const one = fileOf(config)
      const files = fc.oneof(
        { weight: 3, arbitrary: fc.tuple(one) },
        fc.array(one, { minLength: 2, maxLength: 3 }),
      )
      const beside = fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        fc.subarray(['honest', 'missing', '.', 'token', '']),
      )
      const check = fc.asyncProperty(
        files,
        beside,
        fc.constantFrom(...commands),
        fc.constantFrom(80, undefined),
        async (contents, others, command, terminal) => {
          const written = contents.map((content, i) => file(`config-${i}`, content))
          const list = [...written, ...others.map((name) => join(folder, name))].join(delimiter)
          const run = await liveKds([...command.split(' '), '--request-timeout=2s'], {
            kubeconfig: list,
            haste: 1000,
            ...(terminal ? { terminal } : {}),
          })
          expectOwnEnd(run, [0, 1])
          expect(run.out + run.err).not.toMatch('SECRET')
        },
      )
      await fc.assert(check, runs(30))
    },
    longest,
  )
})
