import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// What GraphiQL imports, and the lighter module that takes its place.
const lighter = [
  [/^graphql-ws$/, here('node_modules/graphql-ws/dist/client.js')],
  [/^(monaco-graphql\/esm|\.)\/monaco-editor(\.js)?$/, here('src/monaco.js')],
  [/^.*\/diffEditor\/diffEditorWidget\.js$/, here('src/absent.js')],
  [/^.*\/multiDiffEditor\/multiDiffEditorWidget\.js$/, here('src/absent.js')],
];

// Tells the server what the page loads at once: its script, and the editor that GraphiQL
// would only ask for when it runs. Written last: it is also the stamp of a whole build.
function listing() {
  const later = /prettier|mouseTarget|graphqlMode|jsonMode|basic-languages/;
  const reach = (bundle, names, found = new Set()) => {
    for (const name of names) {
      if (found.has(name) || later.test(bundle[name].facadeModuleId ?? '')) continue;
      reach(bundle, [...bundle[name].imports, ...bundle[name].dynamicImports], found.add(name));
    }
    return found;
  };
  return {
    name: 'listing',
    apply: 'build',
    writeBundle({ dir }, bundle) {
      const entry = Object.values(bundle).find(({ isEntry }) => isEntry).fileName;
      const [script, ...modules] = reach(bundle, [entry]);
      const styles = Object.keys(bundle).filter((name) => name.endsWith('.css'));
      writeFileSync(`${dir}/page.json`, `${JSON.stringify({ script, modules, styles }, null, 2)}\n`);
    },
  };
}

// The server hands out these files beside the plain ones to browsers that take them.
function compressed() {
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir }, bundle) {
      const names = Object.keys(bundle).filter((name) => /\.(js|css|ttf)$/.test(name));
      const sizes = names.map((name) => {
        const bytes = readFileSync(`${dir}/${name}`);
        const small = brotliCompressSync(bytes, brotli);
        writeFileSync(`${dir}/${name}.br`, small);
        writeFileSync(`${dir}/${name}.gz`, gzipSync(bytes, { level: 9 }));
        return [bytes.length, small.length];
      });
      const kilobytes = (column) => Math.round(sizes.reduce((sum, size) => sum + size[column], 0) / 1000);
      this.info(`${names.length} files, ${kilobytes(0)} kB, ${kilobytes(1)} kB compressed`);
    },
  };
}

export default defineConfig({
  base: '/graphql/assets/',
  publicDir: false,
  plugins: [compressed(), listing()],
  resolve: { alias: lighter.map(([find, replacement]) => ({ find, replacement })) },
  worker: { format: 'es' },
  build: {
    outDir: '../server/static/explorer',
    emptyOutDir: true,
    assetsDir: '',
    target: 'es2022',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      input: 'src/main.jsx',
      onLog(level, log, pass) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') pass(level, log);
      },
    },
  },
});
