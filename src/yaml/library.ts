type Library = typeof import('yaml')

/** The library that edits in place, loaded when it is needed. The bundler leaves a CommonJS package its `default` alone. */
export async function loadYamlLibrary(): Promise<Library> {
  const module = (await import('yaml')) as Library & { readonly default?: Library }
  return module.default ?? module
}
