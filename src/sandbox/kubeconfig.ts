interface KubeconfigInput {
  readonly url: string
  readonly token: string
  readonly caPem: string
}

/** A kubeconfig with one context, `kds-sandbox`, that leads to a sandbox. It holds the token: keep it private. */
export function kubeconfigText({ url, token, caPem }: KubeconfigInput): string {
  const name = 'kds-sandbox'
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${name}`,
    '  cluster:',
    `    server: ${url}`,
    `    certificate-authority-data: ${Buffer.from(caPem).toString('base64')}`,
    'users:',
    `- name: ${name}`,
    '  user:',
    `    token: ${token}`,
    'contexts:',
    `- name: ${name}`,
    '  context:',
    `    cluster: ${name}`,
    `    user: ${name}`,
    '    namespace: default',
    `current-context: ${name}`,
    '',
  ].join('\n')
}
