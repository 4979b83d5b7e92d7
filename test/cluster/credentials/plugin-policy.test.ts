import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { pluginPolicy } from '#cluster/credentials/plugin-policy.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { testHost } from '../../helpers/test-host.ts'

/*
 * The rules of client-go's exec authenticator and of kubectl's pkg/kuberc, v1.36: the cases are those of their tests
 * (exec_test.go, marshal_test.go, kuberc_test.go), with their words.
 */

const folder = temporaryFolder()
const path = (name: string) => join(folder, name)
const plugin = path('bin/login')
mkdirSync(path('bin'))
mkdirSync(path('other'))
for (const file of [plugin, path('other/login'), path('bin/tool')])
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 })
writeFileSync(path('bin/text'), '', { mode: 0o644 })
beforeEach(() => {
  rmSync(path('.kube'), { recursive: true, force: true })
  mkdirSync(path('.kube'))
})

const preference = (more: object, version = 'v1beta1') =>
  JSON.stringify({ apiVersion: `kubectl.config.k8s.io/${version}`, kind: 'Preference', ...more })
const listing = (...commands: readonly string[]) =>
  preference({
    credentialPluginPolicy: 'Allowlist',
    credentialPluginAllowlist: commands.map((command) => ({ command })),
  })
const deny = preference({ credentialPluginPolicy: 'DenyAll' })
const denied = 'plugin "login" not allowed: policy set to "DenyAll"'

/** Why a command may not run under the kuberc in the home folder and the one that `--kuberc` names; else undefined. */
async function judged(
  command: string,
  home: string | undefined,
  more: { env?: Record<string, string>; file?: string } = {},
) {
  if (home !== undefined) writeFileSync(path('.kube/kuberc'), home)
  const host = testHost({ HOME: folder, PATH: path('bin'), ...more.env }, { cwd: folder })
  return pluginPolicy(command, more.file, host)
}

describe('the policy of a kuberc', () => {
  it.each<[string, object, string | undefined]>([
    ['none', {}, undefined],
    ['AllowAll', { credentialPluginPolicy: 'AllowAll' }, undefined],
    ['DenyAll', { credentialPluginPolicy: 'DenyAll' }, denied],
    ['another', { credentialPluginPolicy: 'Zz' }, 'unknown plugin policy: "Zz"'],
    ['a number', { credentialPluginPolicy: 3 }, 'unknown plugin policy: "3"'],
    [
      'a list without a policy',
      { credentialPluginAllowlist: [{ command: 'login' }] },
      'misconfigured credential plugin allowlist: plugin policy is "" but allowlist is non-nil',
    ],
    [
      'AllowAll with a list',
      { credentialPluginPolicy: 'AllowAll', credentialPluginAllowlist: [] },
      'misconfigured credential plugin allowlist: plugin policy is "AllowAll" but allowlist is non-nil',
    ],
    [
      'DenyAll with a list',
      { credentialPluginPolicy: 'DenyAll', credentialPluginAllowlist: [{ command: 'login' }] },
      'misconfigured credential plugin allowlist: plugin policy is "DenyAll" but allowlist is non-nil',
    ],
    [
      'Allowlist without a list',
      { credentialPluginPolicy: 'Allowlist' },
      'credential plugin policy set to "Allowlist", but allowlist is unspecified',
    ],
    [
      'Allowlist of nothing',
      { credentialPluginPolicy: 'Allowlist', credentialPluginAllowlist: [] },
      'credential plugin policy set to "Allowlist", but allowlist is empty; use "DenyAll" policy instead',
    ],
    [
      'an entry that says something else',
      {
        credentialPluginPolicy: 'Allowlist',
        credentialPluginAllowlist: [{ command: 'login' }, { name: 'login' }],
      },
      'misconfigured credential plugin allowlist: empty allowlist entry #2',
    ],
    [
      'an entry that is not written plainly',
      {
        credentialPluginPolicy: 'Allowlist',
        credentialPluginAllowlist: [{ command: '/usr//bin/../login/' }],
      },
      'non-normalized file path: "/usr//bin/../login/" vs "/usr/login"',
    ],
  ])('%s', async (_name, policy, words) => {
    expect(await judged('login', preference(policy))).toBe(words)
    expect(await judged('login', preference(policy, 'v1alpha1'))).toBe(words)
  })
})

describe('an allowlist', () => {
  const refused = `plugin path "${plugin}" is not permitted by the credential plugin allowlist`
  it.each<[string, string, readonly string[], string | undefined]>([
    ['names the command', 'login', ['login'], undefined],
    ['names where a command is', 'login', [plugin], undefined],
    ['names a command that a path leads to', plugin, ['login'], undefined],
    ['names the path', plugin, [plugin], undefined],
    ['names the path, the command in an odd way', path('bin/./login'), [plugin], undefined],
    ['names others', 'login', ['tool', '/usr/bin/other'], refused],
    ['names a command of the same name elsewhere', 'login', [path('other/login')], refused],
    ['names the command, and another is meant', path('other/login'), ['login'], refusedOther()],
    ['names a command that is not there', 'nowhere', ['nowhere'], undefined],
    [
      'does not name a command that is not there',
      'nowhere',
      ['login'],
      'plugin path "nowhere" cannot be resolved for credential plugin allowlist check: exec: "nowhere": executable file not found in $PATH',
    ],
    [
      'does not name what is no program',
      'text',
      ['login'],
      'plugin path "text" cannot be resolved for credential plugin allowlist check: exec: "text": executable file not found in $PATH',
    ],
  ])('%s', async (_name, command, entries, words) => {
    expect(await judged(command, listing(...entries))).toBe(words)
  })

  function refusedOther() {
    return `plugin path "${path('other/login')}" is not permitted by the credential plugin allowlist`
  }
})

describe('which file holds the preferences', () => {
  const allow = preference({ credentialPluginPolicy: 'AllowAll' })
  writeFileSync(path('deny'), deny)
  writeFileSync(path('allow'), allow)
  it.each<[string, string | undefined, Parameters<typeof judged>[2], string | undefined]>([
    ['none', undefined, {}, undefined],
    ['the one in the home folder', deny, {}, denied],
    ['KUBERC', allow, { env: { KUBERC: path('deny') } }, denied],
    ['KUBERC, relative', undefined, { env: { KUBERC: 'deny' } }, denied],
    ['--kuberc over both', deny, { file: 'allow', env: { KUBERC: path('deny') } }, undefined],
    ['KUBERC=off', deny, { env: { KUBERC: 'off' } }, undefined],
    ['KUBECTL_KUBERC=false', deny, { env: { KUBECTL_KUBERC: 'false' } }, undefined],
    [
      'KUBERC=off and --kuberc',
      undefined,
      { file: 'allow', env: { KUBERC: 'off' } },
      'kuberc: disabling kuberc via KUBERC=off and passing kuberc flag are mutually exclusive',
    ],
    [
      'KUBERC that is not there',
      undefined,
      { env: { KUBERC: '/nonexistent' } },
      'kuberc: open /nonexistent: no such file or directory',
    ],
    [
      '--kuberc that is not there',
      undefined,
      { file: '/nonexistent' },
      'kuberc: open /nonexistent: no such file or directory',
    ],
    ['--kuberc that is a folder', undefined, { file: 'bin' }, `kuberc: read ${path('bin')}: is a directory`],
  ])('%s', async (_name, home, more, words) => {
    expect(await judged('login', home, more)).toBe(words)
  })
})

describe('what the file says', () => {
  const invalid = `kuberc: no valid preferences found in ${path('.kube/kuberc')}`
  it.each<[string, string, string | undefined]>([
    ['nothing', '', undefined],
    ['nothing but comments', '# none\n---\n# yet\n', undefined],
    ['YAML', deny.replaceAll(/[{}"]/g, '').replaceAll(',', '\n').replaceAll(':', ': '), denied],
    ['an unknown field, too', deny.replace('{', '{"zz":1,'), denied],
    ['another kind', deny.replace('Preference', 'Pod'), invalid],
    ['no kind', '{"credentialPluginPolicy":"DenyAll"}', invalid],
    ['another version', deny.replace('v1beta1', 'v9'), invalid],
    ['another group', deny.replace('kubectl.config.k8s.io/', ''), invalid],
    [
      'the first that is a Preference counts',
      `{"apiVersion":"kubectl.config.k8s.io/v9","kind":"Preference"}\n---\n${deny}\n---\n${preference({})}`,
      denied,
    ],
  ])('%s', async (_name, text, words) => {
    expect(await judged('login', text)).toBe(words)
  })

  it('what cannot be read forbids plugins', async () => {
    expect(await judged('login', 'a: [b')).toMatch(/^kuberc: /)
  })
})
