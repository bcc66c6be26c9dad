/** A piece of what a program wrote. */
export type Frame = { readonly from: "stdout" | "stderr"; readonly data: Buffer };

const HEADER_BYTES = 8;

/**
 * Takes apart what Docker sends of a program without a terminal: each piece has a header of eight bytes, its first says which
 * output, its last four how many bytes follow. Reads no faster than it is read.
 */
export async function* framesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let header = Buffer.alloc(0);
  let left = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      if (left === 0) {
        const more = chunk.subarray(at, at + HEADER_BYTES - header.length);
        header = Buffer.concat([header, more]);
        at += more.length;
        if (header.length === HEADER_BYTES) left = header.readUInt32BE(4);
        if (left === 0 && header.length === HEADER_BYTES) header = Buffer.alloc(0);
        continue;
      }
      const data = chunk.subarray(at, at + left);
      at += data.length;
      left -= data.length;
      yield { from: header[0] === 2 ? "stderr" : "stdout", data };
      if (left === 0) header = Buffer.alloc(0);
    }
  }
}
