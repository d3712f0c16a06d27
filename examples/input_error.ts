/** Something that the user gave cannot be used; the message is all they need to see of it. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
