/** Unpacks the page's program and its data and begins. Its hash and that of the program stand in the page's policy. */
async function unpacked(id: string): Promise<string> {
  const packed = document.getElementById(id)?.textContent ?? ''
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}

interface Policies {
  createPolicy(
    name: string,
    rules: { createScript(text: string): string },
  ): { createScript(text: string): string }
}

async function start(): Promise<void> {
  const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes
  const policy = policies?.createPolicy('kds', { createScript: (text) => text })
  const [program, data] = await Promise.all([unpacked('kds-program'), unpacked('kds-data')])
  const script = document.createElement('script')
  script.textContent = policy ? policy.createScript(program) : program
  document.head.append(script)
  ;(globalThis as unknown as { kds: { begin(data: string): void } }).kds.begin(data)
}

void start()
