/** Files that are bundled as text. */
declare module '*?raw' {
  const text: string
  export default text
}
