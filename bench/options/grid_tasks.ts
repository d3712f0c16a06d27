import {benchTasks} from '../tasks';

const {A, B, C} = benchTasks;

/** The tasks that the options are tried on, by the names of the columns of the report. */
export const gridTasks = {A, B, C};

export type GridTask = keyof typeof gridTasks;
