/** Bytes that are no protocol buffers message, or one that was cut short. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

/** One field of a message: its number and its value, as the wire has it: a varint, four or eight bytes, or a length-prefixed run. */
export type ProtobufField =
  | { readonly number: number; readonly kind: "varint"; readonly value: bigint }
  | { readonly number: number; readonly kind: "fixed"; readonly bytes: Uint8Array }
  | { readonly number: number; readonly kind: "bytes"; readonly bytes: Uint8Array };

/** The fields of a message in their order (Protocol Buffers encoding). Throws ProtobufError. */
export function readFields(bytes: Uint8Array): readonly ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new ProtobufError(`The message ends inside a number at byte ${at}.`);
      at++;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError(`A number at byte ${at} is longer than ten bytes.`);
  };
  const run = (length: number): Uint8Array => {
    if (at + length > bytes.length) {
      throw new ProtobufError(`A field at byte ${at} is ${length} bytes long; only ${bytes.length - at} are left.`);
    }
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Number(key >> 3n);
    if (number === 0) throw new ProtobufError(`A field at byte ${at} has the number 0.`);
    switch (Number(key & 7n)) {
      case 0:
        fields.push({ number, kind: "varint", value: varint() });
        break;
      case 1:
        fields.push({ number, kind: "fixed", bytes: run(8) });
        break;
      case 2:
        fields.push({ number, kind: "bytes", bytes: run(Number(varint())) });
        break;
      case 5:
        fields.push({ number, kind: "fixed", bytes: run(4) });
        break;
      default:
        throw new ProtobufError(`A field at byte ${at} is of an unknown wire type.`);
    }
  }
  return fields;
}

/** The varints of a packed field. Throws ProtobufError. */
export function readVarints(bytes: Uint8Array): readonly bigint[] {
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    values.push(BigInt.asUintN(64, value));
    [value, shift] = [0n, 0n];
  }
  if (shift > 0n) throw new ProtobufError("A packed field ends inside a number.");
  return values;
}

/** A field of a whole number. */
export function varintField(number: number, value: number | bigint): Uint8Array {
  return concatenated([varintBytes(BigInt(number) << 3n), varintBytes(BigInt.asUintN(64, BigInt(value)))]);
}

/** A field of bytes, text or a message. */
export function bytesField(number: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return concatenated([varintBytes((BigInt(number) << 3n) | 2n), varintBytes(BigInt(bytes.length)), bytes]);
}

/** A field of a float32. */
export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concatenated([varintBytes((BigInt(number) << 3n) | 5n), bytes]);
}

/** The pieces one after another: a message of its fields. */
export function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80n) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  bytes.push(Number(left));
  return Uint8Array.from(bytes);
}
