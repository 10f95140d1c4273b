// Files that the bundler copies: their address.
declare module '*.iife.min.js' {
  const address: string;
  // biome-ignore lint/style/noDefaultExport: this is how the bundler exports it.
  export default address;
}
