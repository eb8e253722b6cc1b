const { spawn } = require('node:child_process');
const { rm } = require('node:fs/promises');
const { dest, parallel, series, src } = require('gulp');

const run = (module, ...args) =>
	spawn(process.execPath, [require.resolve(module), ...args], { stdio: 'inherit' });

const clean = async () => await rm('dist', { recursive: true, force: true });
const compile = () => run('typescript/bin/tsc');
const icons = () => src(['nodes/**/*.svg', 'credentials/*.svg'], { base: '.' }).pipe(dest('dist'));
const tables = () => run('tsx/cli', 'scripts/docs/tables.ts');

exports.build = series(clean, parallel(compile, icons));
exports.docs = tables;
exports.default = exports.build;
