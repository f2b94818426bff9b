import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'apps/web',
  // Pages and contracts are TypeScript of this one package; #ui, #values and #modules are its import map.
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 1200,
    reportCompressedSize: true,
    // These packages do nothing by being imported, though not all say so: what a page does not use is left out.
    rolldownOptions: {
      treeshake: { moduleSideEffects: [{ test: /node_modules\/(@rc-component|react-router|zod|i18next)\//, sideEffects: false }] },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': 'http://127.0.0.1:8080' },
  },
})
