import * as tf from '@tensorflow/tfjs';

let known: ReadonlySet<string>;

// What a spec made goes with it: every step looks at all variables there are, and memory is finite.
beforeEach(() => {
  known = new Set(Object.keys(tf.engine().registeredVariables));
  tf.engine().startScope();
});

afterEach(() => {
  tf.engine().endScope();
  for (const [name, variable] of Object.entries(tf.engine().registeredVariables)) {
    if (!known.has(name)) variable.dispose();
  }
});
