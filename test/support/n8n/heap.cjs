// Loaded into an n8n under test by `node --expose-gc --require`: tells what is alive when it is asked to.
process.on('SIGUSR2', () => {
	global.gc();
	process.stderr.write(`heap of ${process.memoryUsage().heapUsed} bytes\n`);
});
