// The client has a Field of its own; in the simulator the word means the simulator's.
global using Field = Papaya.Simulator.Wire.Field;
