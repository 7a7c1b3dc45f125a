/**
 * Inode of the initial PID namespace (PROC_PID_INIT_INO). Its task count includes no other namespace, and the kernel
 * sends process events to it only.
 */
export const initialPidNamespace = 'pid:[4026531836]';
/** Inode of the initial user namespace (PROC_USER_INIT_INO). */
export const initialUserNamespace = 'user:[4026531837]';
