// Takes memory in steps of 16 MiB up to 1 GiB, and says after each how much it has.
const held: Buffer[] = [];
process.on('disconnect', () => process.exit(0));
function take(): void {
  held.push(Buffer.alloc(16 * 1024 ** 2, 1));
  process.send?.(held.length * 16, () => (held.length < 64 ? take() : process.exit(0)));
}
take();
