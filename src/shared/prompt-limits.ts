/** UTF-16 units of a prompt, an instruction or a question, whatever the pack. */
export const promptLimit = 2000;
