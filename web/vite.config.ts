import { defineConfig } from 'vite';

// The pages are built ahead and committed, so a build of the program needs no
// Node. Names carry a hash of their content; the same source gives the same bytes.
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // a data: URL would need a wider content-security policy
    chunkSizeWarningLimit: 4000,
    rollupOptions: {
      input: ['index.html', 'playground/index.html'],
      onwarn(warning, warn) {
        // "use client" speaks to server rendering, of which there is none here.
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:8080', ws: true }, '/artifacts': 'http://127.0.0.1:8080' } },
});
